"""One run: its report, its limits, and that it leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.execution import Executable, Interrupted, Limit, PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.kernel import cgroup_v1, processes
from sandbox.limits import MIB, RunLimits
from sandbox.slot import Slot
from tests.sandbox.conftest import RunPython, open_slot
from tests.waiting import until


def test_a_program_reads_stdin_and_writes_stdout(run_python: RunPython) -> None:
    execution = run_python("print(sum(map(int, input().split())))", b"1 2\n")
    assert execution.clean
    assert execution.stdout == b"3\n"
    assert execution.stderr == b""


def test_cpu_wall_and_memory_are_measured(run_python: RunPython) -> None:
    execution = run_python("block = b'x' * (40 << 20)\nfor _ in range(10**6): pass")
    assert execution.clean
    assert 0 < execution.cpu_s < 5
    assert 0 < execution.wall_s < 20
    assert 40 * MIB <= execution.peak_memory < 128 * MIB


@pytest.mark.parametrize(("code", "expected"), [("import sys; sys.exit(3)", 3), ("1/0", 1), ("exit('no')", 1)])
def test_the_exit_code_is_the_programs(run_python: RunPython, code: str, expected: int) -> None:
    assert run_python(code).exit_code == expected


def test_a_deadly_signal_is_reported(run_python: RunPython) -> None:
    execution = run_python("import os; os.kill(os.getpid(), 11)")
    assert (execution.exit_code, execution.signal) == (None, signal.SIGSEGV)


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import os\nfor _ in range(3): os.fork()\nwhile True: pass",
        "import signal\nfor n in (2, 15, 24): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
    ],
    ids=["one process", "eight processes", "signals ignored"],
)
def test_cpu_time_of_the_whole_tree_is_limited(run_python: RunPython, code: str) -> None:
    execution = run_python(code, cpu_s=0.3)
    assert execution.stopped_by is Limit.CPU
    assert 0.3 < execution.cpu_s < 5  # of eight processes, had each a limit of its own: 8


def test_a_sleeper_is_stopped_by_the_wall_clock(run_python: RunPython) -> None:
    execution = run_python("import time; time.sleep(1000)", wall_s=0.3)
    assert execution.stopped_by is Limit.WALL
    assert execution.cpu_s < 0.3


def test_memory_is_limited(run_python: RunPython) -> None:
    execution = run_python("blocks = []\nwhile True: blocks.append(b'x' * (1 << 20))", memory_bytes=64 * MIB)
    assert execution.stopped_by is Limit.MEMORY


def test_memory_of_a_child_counts_though_the_parent_exits_well(run_python: RunPython) -> None:
    code = "import os\nif os.fork() == 0:\n    blocks = [b'x' * (1 << 20) for _ in range(500)]\nelse:\n    os.wait()"
    assert run_python(code, memory_bytes=64 * MIB).stopped_by is Limit.MEMORY


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_is_limited_and_kept_up_to_the_limit(run_python: RunPython, stream: str) -> None:
    execution = run_python(f"import sys\nwhile True: sys.{stream}.write('x' * 65536)", output_bytes=MIB)
    assert execution.stopped_by is Limit.OUTPUT
    assert len(execution.stdout) + len(execution.stderr) == MIB


def test_the_number_of_processes_is_limited(run_python: RunPython) -> None:
    code = (
        "import os, time\nmade = 0\ntry:\n    while made < 1000:\n        if os.fork() == 0: time.sleep(100)\n"
        "        made += 1\nexcept BlockingIOError:\n    print('refused', made < 20)"
    )
    assert run_python(code, processes=16).stdout == b"refused True\n"


def test_nothing_that_a_program_started_survives_it(slot: Slot, run_python: RunPython) -> None:
    code = (
        "import os, signal, time\nif os.fork() == 0:\n    os.setsid()\n    signal.signal(15, signal.SIG_IGN)\n"
        "    if os.fork() == 0:\n        time.sleep(1000)\n    os._exit(0)\nprint('left')"
    )
    assert run_python(code).stdout == b"left\n"
    assert run_python("print(1)").clean
    assert len(processes.descendants(slot.pid)) <= 2, "only the jail's init and the waiting child may live"


def test_nothing_that_a_program_wrote_is_there_for_the_next(run_python: RunPython) -> None:
    write = (
        "import os, tempfile\nfor place in ('.', tempfile.gettempdir()):\n"
        "    os.makedirs(place + '/d/e', exist_ok=True)\n    open(place + '/d/e/f', 'w').write('x')\n"
        "    os.chmod(place + '/d/e', 0)"
    )
    look = "import os, tempfile\nprint(sorted(os.listdir('.')), os.listdir(tempfile.gettempdir()))"
    assert run_python(write).clean
    assert run_python(look).stdout == b"['main.py'] []\n"


def test_a_program_holds_no_descriptor_but_its_three(run_python: RunPython) -> None:
    assert run_python("import os\nprint(sorted(os.listdir('/proc/self/fd')))").stdout == b"['0', '1', '2', '3']\n"


def test_a_program_is_scheduled_as_any_other(run_python: RunPython) -> None:
    assert run_python("import os; print(os.sched_getscheduler(0) == os.SCHED_OTHER)").stdout == b"True\n"


def test_stdin_and_stdout_can_be_opened_by_name(run_python: RunPython) -> None:
    code = "text = open('/dev/stdin').read()\nopen('/dev/stdout', 'w').write(text.upper())"
    assert run_python(code, b"abc\n").stdout == b"ABC\n"


def test_a_program_has_no_rights(run_python: RunPython) -> None:
    status = run_python("print(open('/proc/self/status').read())").stdout.decode()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == int(fields["CapInh"], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"
    if os.geteuid() == 0:
        assert "0" not in fields["Uid"].split() + fields["Gid"].split()


def test_a_program_that_kills_all_it_can_harms_only_itself(run_python: RunPython) -> None:
    for code in ("import os; os.kill(-1, 9)", "import os; os.killpg(0, 9)"):
        assert run_python(code).stopped_by is None
        assert run_python("print(1)").stdout == b"1\n"


def test_the_environment_holds_nothing_of_ours(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROCODER_SECRET", "canary")
    with contextlib.closing(open_slot(slot.tier)) as opened:
        program = PythonScript(("main.py",), {"main.py": b"import os; print(dict(os.environ))"})
        said = opened.run(program, RunLimits()).stdout
    assert b"PATH" in said
    assert b"canary" not in said


def test_a_syntax_error_is_told_apart_from_a_runtime_error(run_python: RunPython) -> None:
    assert "SyntaxError" in (run_python("x = = 1").syntax_error or "")
    raised = run_python("eval('x = = 1')")
    assert raised.syntax_error is None
    assert raised.exit_code == 1


@pytest.mark.parametrize("code", ["print(1)\0", "(" * 100_000, "x = 1\n\tif", "# coding: nonsense\n"])
def test_what_is_not_python_is_a_syntax_error(run_python: RunPython, code: str) -> None:
    assert run_python(code).syntax_error


def test_files_are_placed_and_collected(slot: Slot) -> None:
    code = b"import os\nopen('out', 'w').write(open('a/in').read() * 2)\nos.symlink('/etc/passwd', 'link')\nos.mkfifo('pipe')"
    program = PythonScript(("main.py",), {"main.py": code, "a/in": b"xy"}, collect=("out", "link", "pipe", "absent"))
    execution = slot.run(program, RunLimits())
    assert execution.clean, execution.stderr
    assert execution.collected == {"out": b"xyxy"}


COUNTS = """import os
print(os.getpid(), os.getppid(), os.fork() or os._exit(0), open('/proc/loadavg').read().split()[3:])
print([line for line in open('/proc/stat') if line.split()[0] in ('processes', 'ctxt', 'intr')])
print([line for line in open('/proc/vmstat') if line.split()[0] in ('pgfault', 'pgalloc_normal')])
"""


def test_what_programs_did_before_is_not_counted_anywhere_that_a_program_sees(
    slot: Slot, run_python: RunPython
) -> None:
    """Else one could leave word for the next, and have a second answer to a test."""
    if slot.tier is not Tier.NAMESPACES:
        pytest.skip("only a pid namespace has process ids of its own")
    if not os.path.exists("/proc/sys/kernel/ns_last_pid"):
        pytest.skip("the kernel does not let process ids be restarted (CONFIG_CHECKPOINT_RESTORE)")
    first = run_python(COUNTS)
    assert first.clean, first.stderr
    run_python("import os\nfor _ in range(37):\n    if os.fork() == 0: os._exit(0)\n    os.wait()")
    assert run_python(COUNTS).stdout == first.stdout


FOREIGN = {
    "a link": "os.symlink(canary, 'd/out')",
    "a link on the way": "os.rmdir('d'); os.symlink(directory, 'd')",
    "a link to a file of its own": "open('own', 'w').close(); os.symlink('../own', 'd/out')",
    "the root of another process": "os.symlink(f'/proc/{owner}/root{canary}', 'd/out')",
    "another process's root on the way": "os.rmdir('d'); os.symlink(f'/proc/{owner}/root{directory}', 'd')",
    "a link of its own /proc": "os.symlink('/proc/self/exe', 'd/out')",
    "a link of its own /proc on the way": "os.rmdir('d'); os.symlink('/proc/self/cwd', 'd')",
    "a pipe": "os.mkfifo('d/out')",
    "a directory": "os.mkdir('d/out')",
    "a device": "os.symlink('/dev/zero', 'd/out')",
}


@pytest.mark.parametrize("plant", FOREIGN.values(), ids=FOREIGN)
def test_only_regular_files_of_the_programs_own_are_collected(slot: Slot, tmp_path: Path, plant: str) -> None:
    for path in (tmp_path.parent.parent, tmp_path.parent, tmp_path):
        path.chmod(0o755)
    (tmp_path / "out").write_text("canary")
    names = f"owner, directory, canary = {os.getpid()}, {str(tmp_path)!r}, {str(tmp_path / 'out')!r}"
    code = f"import os\n{names}\nos.mkdir('d')\n{plant}\nopen('kept', 'w').write('kept')\n"
    program = PythonScript(("main.py",), {"main.py": code.encode()}, collect=("d/out", "kept", "absent"))
    execution = slot.run(program, RunLimits())
    assert execution.clean, execution.stderr
    assert execution.collected == {"kept": b"kept"}
    assert execution.refused == {"d/out"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's programs have a user of their own")
def test_a_hard_link_to_a_file_of_another_user_is_not_collected(slot: Slot) -> None:
    if slot.tier is not Tier.PROCESS:
        pytest.skip("no other tier lets a program link to a file outside")
    with tempfile.NamedTemporaryFile() as canary:  # beside the slot's directory
        os.fchmod(canary.fileno(), 0o666)
        code = f"import os\nos.link({canary.name!r}, 'out')".encode()
        execution = slot.run(PythonScript(("main.py",), {"main.py": code}, collect=("out",)), RunLimits())
    assert execution.clean, execution.stderr
    assert (execution.collected, execution.refused) == ({}, {"out"})


def test_a_directory_that_a_program_swaps_with_a_link_adds_nothing_to_its_space(slot: Slot, tmp_path: Path) -> None:
    if slot.tier is Tier.NAMESPACES:
        pytest.skip("the kernel counts there, and nobody walks")
    for path in (tmp_path.parent.parent, tmp_path.parent, tmp_path):
        path.chmod(0o755)
    for number in range(200):
        (tmp_path / str(number)).touch()
    code = (
        f"import ctypes, os, time\nos.mkdir('d')\nos.symlink({str(tmp_path)!r}, 'link')\nlibc = ctypes.CDLL(None)\n"
        "until = time.monotonic() + 1\nwhile time.monotonic() < until: libc.renameat2(-100, b'd', -100, b'link', 2)"
    )
    program = PythonScript(("main.py",), {"main.py": code.encode()})
    with contextlib.closing(Slot(slot.tier, slot.runtime, box_inodes=100)) as small:
        execution = small.run(program, RunLimits())
    assert execution.clean, execution


@pytest.mark.parametrize(
    "left",
    [
        "os.mkdir('out')",
        "os.mkfifo('out')",
        "os.symlink('.', 'out')",
        "os.symlink('out', 'out')",
        "open('out', 'w').truncate(1 << 27)",
        "os.mkdir('out', 0); os.chmod('.', 0)",
        "open('out', 'w').close(); os.chmod('out', 0)",
        "os.mkdir('out'); os.chdir('out'); open('in', 'w').close()",
        "a, b = socket.socketpair(); socket.send_fds(a, [b'x'], [os.open('.', os.O_RDONLY), b.fileno(), a.fileno()])",
    ],
)
def test_nothing_left_in_the_place_of_a_collected_file_costs_the_slot(slot: Slot, left: str) -> None:
    code = f"import os, socket\n{left}\nprint(1)".encode()
    program = PythonScript(("main.py",), {"main.py": code}, collect=("out",))
    for _ in range(3):
        execution = slot.run(program, RunLimits())
        assert execution.stdout == b"1\n", execution.stderr


def test_an_executable_runs(slot: Slot) -> None:
    execution = slot.run(Executable(("/bin/sh", "-c", "read x; echo $x$x")), RunLimits(), b"ab\n")
    assert execution.stdout == b"abab\n"


def test_a_child_that_ends_before_it_has_its_program_breaks_the_slot(slot: Slot) -> None:
    with contextlib.closing(open_slot(slot.tier, slot.native)) as opened:
        opened.refresh()
        (child,) = processes.children(opened.jail.init_pid)
        os.kill(child, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{child}").exists(), "the child has ended")
        with pytest.raises(SlotFailed, match=r"before it took its program \(status -9\)"):
            opened.run(PythonScript(("main.py",), {"main.py": b""}), RunLimits())


def test_a_slot_for_executables_starts_them_without_the_interpreters_memory(slot: Slot) -> None:
    program = Executable(
        ("/bin/sh", "-c", 'read x; echo $x$x $TMPDIR $LANG "$MORE"'), environment={"LANG": "C", "MORE": "a=b"}
    )
    with contextlib.closing(Slot(slot.tier, slot.runtime.for_executables(), native=slot.native)) as opened:
        for _ in range(2):
            execution = opened.run(program, RunLimits(), b"ab\n")
            assert execution.stdout == f"abab {opened.jail.box}/tmp C a=b\n".encode(), execution.stderr
        if opened.native and opened.tier is Tier.NAMESPACES:
            opened.refresh()
            (child,) = processes.children(opened.jail.init_pid)
            assert memory_kib(child) < memory_kib(opened.jail.init_pid) / 2
            with pytest.raises(SlotFailed, match="a script for a jail of executables"):
                opened.run(PythonScript(("main.py",), {"main.py": b""}), RunLimits())


def test_a_child_copies_while_it_waits_what_programs_write_to(slot: Slot, run_python: RunPython) -> None:
    if not slot.native or slot.tier is not Tier.NAMESPACES:
        pytest.skip("only the helper in C does so, in the jail's first process")
    slot.refresh()
    (child,) = processes.children(slot.jail.init_pid)
    until(lambda: faults(child)[0] > 100 and processes.is_blocked(slot.pid), "it has copied all and waits")
    while_waiting, (_, before) = faults(child)[0], faults(slot.jail.init_pid)
    execution = run_python("n = int(input())\nprint(sum(int(x) for x in input().split()) + n)", b"3\n1 2 3\n")
    assert execution.stdout == b"9\n"
    slot.refresh()
    of_all = faults(slot.jail.init_pid)[1] - before
    assert while_waiting > of_all / 2
    # What one program writes, no other one sees.
    assert b" rw-s " not in run_python("print(open('/proc/self/maps').read())").stdout


def faults(pid: int) -> tuple[int, int]:
    """Return the pages that a process has copied or been given, and those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[7]), int(fields[8])


def memory_kib(pid: int) -> int:
    """Return the size of a process's address space."""
    return int(re.findall(r"VmSize:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[0])


def test_a_closed_slot_leaves_nothing(slot: Slot) -> None:
    opened = open_slot(slot.tier)
    tree = {opened.pid, *processes.descendants(opened.pid)}
    opened.close()
    assert not [pid for pid in tree if Path(f"/proc/{pid}").exists()]
    assert slot.tier is Tier.NAMESPACES or not Path(opened.jail.box).exists()
    assert {group.name for group in cgroup_v1.made_by(os.getpid())} <= {slot.group.name}


def test_a_jail_that_breaks_in_the_middle_of_a_run_leaves_no_descriptor(slot: Slot) -> None:
    if slot.tier is not Tier.NAMESPACES:
        pytest.skip("only a jail with a first process of its own ends with that")
    before = sorted(os.listdir("/proc/self/fd"))
    program = PythonScript(("main.py",), {"main.py": b"import time; time.sleep(1000)"})
    with contextlib.closing(open_slot(slot.tier)) as opened, ThreadPoolExecutor(1) as pool:
        run = pool.submit(opened.run, program, RunLimits(cpu_s=0.1, wall_s=1000))  # so that it is looked at soon
        until(lambda: any(path.endswith("/work") for path in open_files()), "its directory is held")
        os.kill(opened.pid, signal.SIGKILL)
        assert isinstance(run.exception(), SlotFailed)
    assert sorted(os.listdir("/proc/self/fd")) == before


def open_files() -> list[str]:
    paths = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # of the list itself, and of what another thread closes
            paths.append(os.readlink(f"/proc/self/fd/{name}"))
    return paths


OWNER = """
import sys
import sysconfig
from sandbox.execution import PythonScript
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

slot = Slot(Tier(sys.argv[1]), python_runtime(sys.argv[2]))
print(slot.pid, slot.jail.box, flush=True)
code = b"import os, time\\nif os.fork() == 0: os.setsid()\\nprint(flush=True)\\ntime.sleep(1000)"
slot.run(PythonScript(("main.py",), {"main.py": code}), RunLimits(wall_s=1000))
"""


@pytest.mark.parametrize("when", ["at once", "in the middle"])
def test_when_the_owner_is_killed_nothing_survives(slot: Slot, when: str) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, slot.tier.value, slot.runtime.python], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner, owner.stdout:
        first, box = owner.stdout.readline().split()
        pid = int(first)
        if when == "in the middle":
            until(lambda: len(processes.descendants(pid)) >= (3 if slot.tier is Tier.NAMESPACES else 2), "it runs")
        tree = {pid, *processes.descendants(pid)}
        owner.kill()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in tree), f"all of {tree} are gone")
    assert slot.tier is Tier.NAMESPACES or not Path(box).exists()


@pytest.mark.parametrize(
    "code",
    [
        "for i in range(1_000_000): open(f'f{i}', 'w').close()",
        "import os\nfor i in range(1_000_000): os.mkdir(f'd{i}')",
        # It pauses, since somebody has to look in the meantime where the kernel does not count.
        "import time\nfor i in range(50):\n    with open(f'f{i}', 'wb') as f:\n        for _ in range(20): f.write(bytes(1 << 20))\n"
        "    time.sleep(0.1)",
    ],
    ids=["files", "directories", "bytes"],
)
def test_scratch_space_is_bounded(run_python: RunPython, code: str) -> None:
    execution = run_python(code + "\nprint('all of it')", cpu_s=20.0, wall_s=60.0, memory_bytes=2048 * MIB)
    assert b"all of it" not in execution.stdout
    assert execution.stopped_by is Limit.OUTPUT or b"No space left on device" in execution.stderr
    assert run_python("import os\nprint(os.listdir('.'))").stdout == b"['main.py']\n"


def test_what_stays_charged_is_not_the_next_programs(slot: Slot, run_python: RunPython) -> None:
    """Here memory of a process that joined the group and left; else it is what the kernel keeps of removed files."""
    if not slot.group.version:
        pytest.skip("without control groups only what runs is counted")
    kept = os.memfd_create("kept")
    join = "import os, sys\nfor entry in sys.argv[2:]: os.write(int(entry), b'0')\n"
    use = "for _ in range(100): os.write(int(sys.argv[1]), bytes(1 << 20))"
    entries = slot.group.open_entries()
    try:
        command = [sys.executable, "-c", join + use, str(kept), *map(str, entries)]
        subprocess.run(command, check=True, pass_fds=(kept, *entries))
        assert not slot.group.reclaim()
        execution = run_python("print(len(bytes(40 << 20)))", memory_bytes=96 * MIB)
    finally:
        for descriptor in (kept, *entries):
            os.close(descriptor)
    assert execution.stdout == b"41943040\n"
    assert execution.clean
    assert execution.peak_memory < 80 * MIB
    assert slot.group.reclaim()


def test_files_of_the_host_are_out_of_reach(slot: Slot, run_python: RunPython, tmp_path: Path) -> None:
    if slot.tier is Tier.PROCESS:
        pytest.skip("the process tier does not promise it")
    canary = tmp_path / "canary"
    canary.write_text("secret")
    for path in (tmp_path.parent.parent, tmp_path.parent, tmp_path):
        path.chmod(0o755)
    code = (
        f"import os\nfor path in ({str(canary)!r}, '/etc/shadow', '/etc/hostname', '/proc/1/environ', {str(Path.cwd())!r}):\n"
        "    try:\n        print(path, open(path).read() if not os.path.isdir(path) else os.listdir(path))\n"
        "    except OSError: pass\n"
        f"try: open({str(canary)!r}, 'w')\nexcept OSError: print('refused')"
    )
    assert run_python(code).stdout == b"refused\n"
    assert canary.read_text() == "secret"


def test_there_is_no_network(run_python: RunPython) -> None:
    code = (
        "import socket\nfor family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):\n"
        "    try: socket.socket(family)\n    except OSError: print('refused')\na, b = socket.socketpair()\na.send(b'pair')\n"
        "print(b.recv(9))"
    )
    assert run_python(code).stdout == b"refused\n" * 3 + b"b'pair'\n"


def test_an_interrupt_before_the_program_is_there_leaves_nothing_to_the_next(slot: Slot) -> None:
    first = PythonScript(("main.py",), {"main.py": b"print('first')"})
    second = PythonScript(("main.py",), {"main.py": b"print('second')"})
    reading, writing = os.pipe()
    os.write(writing, b"x")
    try:
        for _ in range(20):
            slot.interrupt = reading
            with pytest.raises(Interrupted):
                slot.run(first, RunLimits())
            slot.interrupt = None
            assert slot.run(second, RunLimits()).stdout == b"second\n"
    finally:
        slot.interrupt = None
        os.close(reading)
        os.close(writing)


def test_the_helper_in_c_is_used_where_it_can_be_built(slot: Slot, request: pytest.FixtureRequest) -> None:
    can_be_built = shutil.which("cc") is not None and Path(sysconfig.get_path("include"), "Python.h").exists()
    wanted = request.node.callspec.params["slot"][1]
    if wanted and not slot.native and not can_be_built:
        pytest.skip("no compiler, or no headers of Python's")
    assert slot.native == wanted
