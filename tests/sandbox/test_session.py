"""Several tests of one program in one process: each as if it were the first, or in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sandbox.execution import Execution, Input, PythonScript
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.session import BatchEnd, BatchRequest, BatchResult, Session
from sandbox.slot import Slot
from tests.sandbox.conftest import open_slot

RunTests = Callable[..., list[Execution]]
SOCKET = "import os, socket, stat\nasks = next(f for f in range(3, 64) if os.path.exists(f'/proc/self/fd/{f}') and stat.S_ISSOCK(os.fstat(f).st_mode))\n"


@pytest.fixture(scope="module", params=Tier, ids=[tier.value for tier in Tier])
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    """One of each tier, with the helper in C: without it no two tests share a process."""
    opened = open_slot(request.param)
    if not opened.native:
        opened.close()
        pytest.skip("the helper in C was not built")
    yield opened
    opened.close()


@pytest.fixture(params=[1, 8], ids=["one by one", "batches"])
def run_tests(slot: Slot, request: pytest.FixtureRequest) -> RunTests:
    """Runs a program on each of the inputs in one process, as far as that comes."""

    def run(code: str, *stdins: bytes, **limits: float) -> list[Execution]:
        bounds = {"cpu_s": 5.0, "wall_s": 20.0, "memory_bytes": 128 * MIB, **limits}
        program = PythonScript(("main.py",), {"main.py": code.encode()})
        tests = [Input(stdin) for stdin in stdins]
        with Session(slot, program, RunLimits(**bounds)) as session:  # type: ignore[arg-type]
            runs = [session.run(tests[0])]
            while session.alive and (batch := tests[len(runs) :][: request.param]):
                runs += session.run_batch(BatchRequest(batch)).executions
        return runs

    return run


def numbers(*values: int) -> BatchRequest:
    """A batch in which each test's input is a number."""
    return BatchRequest([Input(b"%d\n" % value) for value in values])


def test_each_test_has_its_own_input_and_output(run_tests: RunTests) -> None:
    done = run_tests(
        "import sys\nprint(input())\nprint(sys.stdin.read(), file=sys.stderr)", b"1\na", b"22\nb", b"333\n"
    )
    assert [(run.stdout, run.stderr) for run in done] == [(b"1\n", b"a\n"), (b"22\n", b"b\n"), (b"333\n", b"\n")]
    assert all(run.clean and run.cpu_s > 0 for run in done)


@pytest.mark.parametrize(
    "code",
    [
        "print('seen' in globals()); seen = 1",
        "import builtins\nprint(hasattr(builtins, 'seen'), sorted('ba')); builtins.seen = 1; builtins.sorted = list",
        "import sys\nprint(sys.getrecursionlimit()); sys.setrecursionlimit(5000)",
        "import sys\nprint(sys.argv, sys.path[1:]); sys.argv.append('x'); sys.path.append('/x')",
        "import sys, types\nprint('made' in sys.modules); sys.modules['made'] = types.ModuleType('made')",
        "import sys\nprint(hasattr(sys, 'seen')); sys.seen = 1",
        "import sys, json\nprint(sys.modules['json'] is None); sys.modules['json'] = None",
        "import decimal\nprint(decimal.Decimal(1) / 3); decimal.getcontext().prec = 3",
        "import gc\nprint(gc.isenabled()); gc.disable()",
        "import os\nprint(os.path.basename(os.getcwd())); os.chdir('/')",
        "import sys, io\nprint(repr(input())); sys.stdin = io.StringIO('other'); sys.stdout.flush(); sys.stdout = io.StringIO()",
        "import sys\nprint(sys.stdin.readline()); sys.stdout.flush(); sys.stdin.close(); sys.stdout.close()",
        "import io, sys\nprint(1); sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='ascii')",
        "import sys\nprint(sys.stdout.errors); sys.stdout.reconfigure(errors='ignore')",
        "import sys\nprint(1, flush=True); sys.stdout.detach(); sys.stdout = sys.__stdout__ = None",
        "import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE))",
        "import threading\nt = threading.Thread(target=print, args=('in a thread',)); t.start(); t.join()",
        "import threading\nprint(threading.stack_size()); threading.stack_size(1 << 26)",
        "import threading\nprint(threading.main_thread().is_alive(), threading.current_thread().name)",
        "class Last:\n    def __del__(self): print('deleted')\nlast = Last(); last.itself = last",
        "import sys\nprint(sys.gettrace()); sys.settrace(lambda *a: None)",
        "import sys\nsys.stdout.write('no newline at the end')",
        "import sys\nprint(sys.get_int_max_str_digits()); sys.set_int_max_str_digits(0)",
        "import functools\n@functools.lru_cache\ndef f(): return 1\nf(); print(f.cache_info())",
        "import sys; print(1); sys.exit()",
        "print(open(0).read())",
        "import os\nprint(os.read(0, 9)); os.close(0)",
        "import os\nprint(open('/dev/stdin').read(), os.lseek(0, 0, os.SEEK_CUR)); os.lseek(0, 2, os.SEEK_SET)",
        "import sys\nsys.stdout = open(1, 'w', closefd=False); print(input())",
        "import builtins\nprint(sorted('ba'), hasattr(builtins, 'x')); builtins.x = 1; del builtins.x; vars(builtins)['sorted'] = list",
        "import builtins\nprint(abs(-1)); kept = abs; builtins.abs = None; builtins.abs = kept; vars(builtins).update(abs=id)",
        "import sys\nprint(sys.maxsize); sys.maxsize = 1",
        "import sys\nprint(sys.modules['math'] is sys.modules['json']); sys.modules['math'] = sys.modules['json']",
        "import sys\nprint(sys.stdin.readline()); sys.stdin.seek(0); sys.stdin.reconfigure(newline='', errors='ignore')",
        "import sys\nprint(repr(sys.stdin.readline())); sys.stdin.seek(0); sys.stdin.reconfigure(newline=None)",
        "import sys\nprint(sys.stdin.tell(), next(sys.stdin))",
        "import sys\nprint(sys.stdin.buffer.read(1))",
        "import sys\nprint(sys.stdin._CHUNK_SIZE); sys.stdin._CHUNK_SIZE = 1",
        "import sys\ni = sys.stdin\nfor x in i, i.buffer, i.buffer.raw:\n    print(x.__dict__); x.seen = 1\ni.mode = 2",
        "import sys\nprint(sys.stdin.mode, sys.stdin.name); del sys.stdin.mode; sys.stdin.other = 1",
        "import sys\nprint(sys.stdin.detach().detach().readall())",
        "import sys\nprint(sys.stdin.read()); sys.stdin.buffer.raw.close()",
        "import io, sys\ni = sys.stdin.buffer; print(input()); sys.stdin.__init__(io.BytesIO(b'x')); i.__init__(io.BytesIO(b'y'))",
        "import math, sys\nprint(sys.stdin is getattr(math, 'kept', 0)); math.kept = sys.stdin",
        "import math, sys\nprint(sys.stdin.buffer is getattr(math, 'kept', 0)); math.kept = sys.stdin.detach()",
        "import math\nprint(__loader__ is getattr(math, 'kept', 0), __loader__.name); math.kept = __loader__",
        "print(vars(__loader__), __name__); __loader__.name, __loader__.seen = 1, 2",
        "del __loader__.name; print(__loader__.path); __loader__.other = '__main__'",
    ],
)  # fmt: skip
def test_a_test_finds_nothing_of_the_one_before(run_tests: RunTests, code: str) -> None:
    first, *others = run_tests(code, b"a\r\nb\n", b"a\r\nb\n", b"a\r\nb\n")
    assert first.clean, first.stderr
    assert first.stdout
    assert [run.stdout for run in others] == [first.stdout] * 2


@pytest.mark.parametrize(
    "left",
    [
        "open('file', 'w').close()",
        "open(os.environ['TMPDIR'] + '/file', 'w').close()",
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "_thread.start_new_thread(time.sleep, (60,))",
        "os.fork() or time.sleep(60)",
        "subprocess.Popen(['sleep', '60'])",
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "signal.setitimer(signal.ITIMER_REAL, 60)",
        "resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 21))",
        "os.open('/dev/null', os.O_RDONLY)",
        "os.close(2)",
        "os.close(1)",
        "os.dup2(os.open('/dev/null', os.O_WRONLY), 2)",
        "os.environ['SEEN'] = '1'",
        "atexit.register(print, end='')",
        "concurrent.futures.ThreadPoolExecutor().submit(print, end='').result()",
        "os.closerange(3, 64)",
    ],
)
def test_what_only_a_new_process_has_ends_the_process(run_tests: RunTests, left: str) -> None:
    code = "import _thread, atexit, concurrent.futures, os, resource, signal, subprocess, threading, time\n"
    done = run_tests(f"{code}print(1, flush=True)\n{left}", b"", b"")
    assert [(run.clean, run.stdout) for run in done] == [(True, b"1\n")]


@pytest.mark.parametrize(
    "left",
    [
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "_thread.start_new_thread(time.sleep, (60,))",
        "os.fork() or time.sleep(60)",
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "os.close(1)",
        "os.environ['SEEN'] = '1'",
        "open('file', 'w').close()",
    ],
)
def test_a_batch_in_which_something_is_left_counts_for_nothing(slot: Slot, left: str) -> None:
    code = f"import _thread, os, signal, threading, time\nn = int(input())\nprint(n, flush=True)\nif n == 3: {left}"
    program = PythonScript(("main.py",), {"main.py": code.encode()})
    with Session(slot, program, RunLimits()) as session:
        assert session.run(Input(b"0\n")).stdout == b"0\n"
        whole, cut = (session.run_batch(numbers(*batch)) for batch in [(1, 2), (3, 4, 5)])
        assert not session.alive
    assert [run.stdout for run in whole.executions] == [b"1\n", b"2\n"]
    assert (cut.end, cut.executions) == (BatchEnd.GONE, [])


@pytest.mark.parametrize("kept", ["sys.stdin", "sys.stdin.buffer", "sys.stdin.buffer.raw", "weakref.ref(sys.stdin)"])
def test_the_input_is_a_new_one_in_each_of_many_tests(run_tests: RunTests, kept: str) -> None:
    """More than the helper is prepared for, whether or not one of them keeps something of its input."""
    code = (
        "import math, sys, weakref\nprint(sys.stdin.tell(), hasattr(sys.stdin, 'seen'), sys.stdin.mode, sys.stdin.name)\n"
        f"n = int(input())\nif n % 20 == 7: math.kept, sys.stdin.seen = {kept}, 1\n"
        "print(n, repr(sys.stdin.readline()), sys.stdin is getattr(math, 'kept', 0))\nsys.stdin.seek(0)\nsys.stdin.readline()"
    )
    done = run_tests(code, *[b"%d\r\nx\r\ny\n" % n for n in range(100)])
    same = b"0 False r <stdin>\n%d 'x\\r\\n' "
    mine = [kept == "sys.stdin" and n % 20 == 7 for n in range(100)]
    assert [run.stdout for run in done] == [same % n + b"%r\n" % mine[n] for n in range(100)]


def test_what_the_end_of_an_object_changes_is_found_by_the_next_look(run_tests: RunTests) -> None:
    code = (
        "import builtins, sys\nclass Last:\n    def __del__(self, builtins=builtins): builtins.sorted = list\n"
        "print(sorted('ba'))\nif input() == '1': sys.argv = [Last()]"
    )
    first, *_, last = run_tests(code, *[b"%d\n" % n for n in range(1, 6)])
    assert last.stdout == first.stdout == b"['a', 'b']\n"


@pytest.mark.parametrize("second", ["sys.exit(3)", "1/0", "os._exit(0)", "os.kill(os.getpid(), 11)"])
def test_a_later_test_may_end_the_process(run_tests: RunTests, second: str) -> None:
    code = f"import os, sys\nif input() == 'go': {second}"
    done = run_tests(code, b"stay\n", b"go\n", b"stay\n")
    assert [run.exit_code for run in done] == [0]


def test_what_came_before_the_end_of_a_process_counts(slot: Slot) -> None:
    program = PythonScript(("main.py",), {"main.py": b"n = int(input())\nprint(n)\nif n == 3: raise SystemExit(1)"})
    outputs: list[bytes] = []
    with Session(slot, program, RunLimits()) as session:
        assert session.run(Input(b"0\n")).stdout == b"0\n"
        while session.alive:
            result = session.run_batch(numbers(*range(len(outputs) + 1, 6)))
            outputs += [run.stdout for run in result.executions]
    assert (outputs, result.end) == ([b"1\n", b"2\n"], BatchEnd.ENDED)


@pytest.mark.parametrize("bounds", [{"cpu_s": 0.2}, {"wall_s": 0.5}], ids=["cpu", "wall"])
def test_a_batch_may_be_stopped_before_its_limits_are_reached(slot: Slot, bounds: dict[str, float]) -> None:
    code = b"import time\nif input() == 'go':\n    while True: pass"
    program = PythonScript(("main.py",), {"main.py": code})
    with Session(slot, program, RunLimits(cpu_s=600, wall_s=600)) as session:
        session.run(Input(b"stay\n"))
        result = session.run_batch(BatchRequest([Input(b"stay\n"), Input(b"go\n"), Input(b"stay\n")], **bounds))
    assert result == BatchResult([], BatchEnd.GONE, 2)


def test_a_process_tells_before_it_goes_on_with_others_for_long(slot: Slot) -> None:
    spin = "import time\nend = time.monotonic() + float(input())\nwhile time.monotonic() < end: pass"
    program = PythonScript(("main.py",), {"main.py": spin.encode()})
    with Session(slot, program, RunLimits()) as session:
        session.run(Input(b"0\n"))
        result = session.run_batch(BatchRequest([Input(b"0.2\n"), Input(b"0\n")]))
        assert session.alive
    assert (len(result.executions), result.end) == (1, BatchEnd.ASKS)


def test_all_tests_of_a_process_share_one_limit_of_cpu_time(run_tests: RunTests) -> None:
    spin = "import time\nend = float(input())\nwhile time.process_time() < end: pass\nprint(1)"
    assert len(run_tests(spin, b"0.2\n", b"9\n", b"0\n", cpu_s=0.5)) == 1


IN_ITSELF = "end = time.thread_time() + float(input())\nwhile time.thread_time() < end: pass"
IN_A_THREAD = (
    "def spin(end):\n    while time.thread_time() < end: pass\n"
    "thread = threading.Thread(target=spin, args=(float(input()),))\nthread.start()\nthread.join()"
)
IN_A_CHILD = f"if os.fork() == 0:\n    {IN_ITSELF.replace(chr(10), chr(10) + '    ')}\n    os._exit(0)\nos.wait()"


@pytest.mark.parametrize("work", [IN_ITSELF, IN_A_THREAD, IN_A_CHILD], ids=["itself", "thread", "child"])
def test_the_tests_of_a_batch_have_even_shares_of_what_all_of_them_took(slot: Slot, work: str) -> None:
    program = PythonScript(("main.py",), {"main.py": f"import os, threading, time\n{work}".encode()})
    for _ in range(20):  # where the machine is busy, a batch may be answered before its last test
        with Session(slot, program, RunLimits()) as session:
            session.run(Input(b"0\n"))
            batch = session.run_batch(BatchRequest([Input(b"0\n"), Input(b"0\n"), Input(b"0.3\n")])).executions
        if len(batch) == 3:
            break
    assert [run.clean for run in batch] == [True] * 3
    assert 0.29 < sum(run.cpu_s for run in batch) < 0.6
    assert len({run.cpu_s for run in batch}) == len({run.wall_s for run in batch}) == 1
    assert sum(run.wall_s for run in batch) > 0.29


def test_memory_is_limited_in_every_test(run_tests: RunTests) -> None:
    assert len(run_tests("block = b'x' * int(input())", b"10\n", b"900000000\n", b"10\n")) == 1


def test_output_is_limited_in_every_test(run_tests: RunTests) -> None:
    done = run_tests("print('x' * int(input()))", b"10\n", b"3000000\n", b"10\n", output_bytes=1 << 20)
    assert len(done) == 1


def test_large_inputs_and_outputs_cross_whole(run_tests: RunTests) -> None:
    data = b"x" * (5 << 20)
    done = run_tests("import sys\nsys.stdout.write(sys.stdin.read())", data, data + b"y", b"")
    assert [run.stdout for run in done] == [data, data + b"y", b""]


@pytest.mark.parametrize(
    "said",
    [
        "os.write(asks, b'failed')",
        "[os.write(asks, b'next') for _ in range(9)]; os.read(asks, 9)",
        "socket.socket(fileno=os.dup(asks)).shutdown(socket.SHUT_RDWR)",
        "socket.send_fds(socket.socket(fileno=os.dup(asks)), [b'next'], [0, 1, 2])",
        "os.write(asks, b'x' * 60000)",
    ],
)
def test_nonsense_on_the_socket_harms_nobody_else(run_tests: RunTests, slot: Slot, said: str) -> None:
    """The program holds the socket over which it asks for tests: whatever it says there is its own loss."""
    run_tests(f"{SOCKET}print(1, flush=True)\ntry:\n    {said}\nexcept OSError: pass", b"", b"", b"")
    again = run_tests("print(input())", b"1\n", b"2\n")
    assert [run.stdout for run in again] == [b"1\n", b"2\n"]


@pytest.mark.parametrize("pause", ["pass", "time.sleep(0.001)"])
def test_one_that_asks_again_and_takes_nothing_is_given_no_more(slot: Slot, pause: str) -> None:
    """Its inputs would fill the socket otherwise, and its owner wait for it without end."""
    code = SOCKET + (
        "import fcntl, struct, sys, termios, time\n"
        "end = socket.socket(fileno=asks)\n"
        "end.send(b'next' + bytes(8))\n"
        "for turn in range(1000):\n"
        f"    while int.from_bytes(fcntl.ioctl(end, termios.TIOCOUTQ, bytes(4)), sys.byteorder): {pause}\n"
        "    end.send(b'next' + struct.pack('<4q', 0, 0, 1, 1))\n"
    )
    batches = 0
    program = PythonScript(("main.py",), {"main.py": code.encode()})
    with Session(slot, program, RunLimits(cpu_s=2.0, wall_s=60.0)) as session:
        session.run(Input())
        while session.alive:
            session.run_batch(BatchRequest([Input(b"x")]))
            batches += 1
    assert batches < 10
    assert slot.run(PythonScript(("main.py",), {"main.py": b"print(1)"}), RunLimits()).stdout == b"1\n"


def test_a_failure_of_the_caller_leaves_the_slot_in_order(slot: Slot) -> None:
    program = PythonScript(("main.py",), {"main.py": b"print(input())"})

    def fail() -> None:
        with Session(slot, program, RunLimits()) as session:
            session.run(Input(b"1\n"))
            raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        fail()
    assert slot.run(program, RunLimits(), b"2\n").stdout == b"2\n"


def test_files_of_a_test_replace_those_of_the_one_before(slot: Slot) -> None:
    code = b"open('out', 'w').write(open('in').read()) if input() else None"
    program = PythonScript(("main.py",), {"main.py": code}, collect=("out",))
    batch = [Input(b"yes\n", {"in": b"2"}), Input(b"\n", {"in": b"3"}), Input(b"yes\n", {"in": b"4"})]
    with Session(slot, program, RunLimits()) as session:
        runs = [session.run(Input(b"yes\n", {"in": b"1"}))]
        while session.alive and len(runs) < 4:
            runs += session.run_batch(BatchRequest(batch[len(runs) - 1 :])).executions
    assert [dict(run.collected) for run in runs] == [{"out": b"1"}, {"out": b"2"}, {}, {"out": b"4"}]
