"""The warm interpreter behaves as ``python main.py`` does."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.execution import PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.runtime import Runtime, environment
from sandbox.slot import Slot
from sandbox.zygote.config import BOX
from tests.sandbox.conftest import open_slot

SCRIPTS = {
    "main": "print(__name__, __file__.rsplit('/')[-1], __doc__, __spec__, __package__)",
    "argv": "import sys\nprint(sys.argv)",
    "exit without code": "import sys\nsys.exit()",
    "exit with a number": "import sys\nsys.exit(259)",
    "exit with a huge number": "import sys\nsys.exit(10**30)",
    "exit with a text": "import sys\nsys.exit('text')",
    "exit with False": "raise SystemExit(False)",
    "uncaught": "def f():\n    return {}['key']\nf()",
    "uncaught chain": "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise ValueError('second') from e",
    "group": "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])",
    "excepthook": "import sys\nsys.excepthook = lambda *a: print('hook', a[0].__name__)\n1/0",
    "excepthook that fails": "import sys\ndef hook(*a): raise KeyError('h')\nsys.excepthook = hook\n1/0",
    "excepthook that exits": "import os, sys\nsys.excepthook = lambda *a: os._exit(7)\n1/0",
    "atexit": "import atexit\natexit.register(print, 'bye')\natexit.register(lambda: 1/0)\nprint('hello')",
    "fork beside a thread": "import os, threading, time\nt = threading.Thread(target=time.sleep, args=(.2,)); t.start()\nif not os.fork():\n    print(threading.active_count(), threading.current_thread() is threading.main_thread(), flush=True); os._exit(0)\nos.wait(); t.join()",
    "thread outlives main": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.05), print('late'))).start()",
    "daemon thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    "del at exit": "class A:\n    def __del__(self): print('del')\na = A()\nprint('end')",
    "cycle at exit": "class A:\n    def __del__(self): print('del')\na = A(); a.me = a; del a\nprint('end')",
    "generator at exit": "def g():\n    try:\n        yield 1\n    finally:\n        print('closed')\nx = g(); next(x)",
    "unflushed wrapper": "import io, sys\nout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, 'w', closefd=False)))\nout.write('text')",
    "replaced stdout": "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, write_through=False)\nprint('x')",
    "stdout is closed": "import sys\nprint('x')\nsys.stdout.close()",
    "unclosed file": "f = open(1, 'w', closefd=False)\nf.write('text')",
    "os._exit": "import os\nprint('lost')\nos._exit(5)",
    "globals": "x = 1\nprint(sorted(k for k in globals() if not k.startswith('__')), 'x' in vars(__import__('__main__')))",
    "pickle of a main class": "import pickle\nclass A: pass\nprint(pickle.loads(pickle.dumps(A())).__class__)",
    "type hints of main": "import typing\nclass A:\n    x: 'A'\nprint(typing.get_type_hints(A))",
    "inspect own source": "import inspect\ndef f(): pass\nprint(inspect.getsource(f))",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1\nprint(P())",
    "warning": "import warnings\nwarnings.warn('careful')",
    "recursion error": "def f(): f()\ntry:\n    f()\nexcept RecursionError:\n    print('deep')",
    "import of a file": "open('other.py', 'w').write('x = 5')\nimport other\nprint(other.x)",
    "stdin twice": "import sys\nprint(input())\nprint(sys.stdin.readlines())\nprint(open(0).read())",
    "binary output": "import sys\nsys.stdout.buffer.write(bytes(range(256)))",
    "multiprocessing": "import multiprocessing as m\nif __name__ == '__main__':\n    with m.get_context('fork').Pool(2) as p: print(p.map(abs, [-1, -2]))",
    "signal": "import signal\nprint(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(13))",
    "random is seeded anew": "import random\nprint(random.random() != random.random())",
    "all globals": "print(list(globals()), __annotations__)",
    "no frame below": "import inspect, sys\nprint(len(inspect.stack()))\ntry:\n    sys._getframe(1)\nexcept ValueError as e:\n    print(e)",
    "depth": "n = 0\ndef f():\n    global n; n += 1; f()\ntry:\n    f()\nexcept RecursionError:\n    print(n)",
    "callback from C": "import ctypes as c\nk = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_int), c.POINTER(c.c_int))(lambda a, b: a[0] - b[0])\nx = (c.c_int * 3)(3, 1, 2); c.CDLL(None).qsort(x, 3, 4, k); print(list(x))",
    "stdio of C": "import ctypes\nctypes.CDLL(None).puts(b'5')",
    "no stdout": "import sys\nprint(1)\ndel sys.stdout",
    "no stdout at all": "import sys\nprint(1)\ndel sys.stdout, sys.__stdout__, sys.stderr, sys.__stderr__",
    "exit with a tuple": "import sys\nsys.exit((0,))",
    "exit with a tuple, caught": "import sys\ntry:\n    sys.exit((0,))\nexcept SystemExit as e:\n    print(repr(e.code))\n    raise",
    "exit with an object": "import sys\nclass A:\n    def __str__(self): return 'told'\nsys.exit(A())",
    "exit with an exception": "import sys\nsys.exit(ValueError(3))",
    "interrupted": "print('told')\nraise KeyboardInterrupt",
    "interrupted, with a hook": "import atexit, sys\natexit.register(print, 'bye')\nsys.excepthook = lambda *a: print('hook')\nraise KeyboardInterrupt",
    "interrupted by its own kind": "class A(KeyboardInterrupt): pass\nraise A",
    "interrupted by the signal": "import os, signal\nprint('told')\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass",
    "main thread": "import os, threading\nprint(threading.main_thread().native_id == os.getpid() == threading.get_native_id())",
    "digits": "try:\n    int('1' * 5000)\nexcept ValueError as e:\n    print(e)",
}


@pytest.fixture(scope="module")
def slot(runtime: Runtime) -> Iterator[Slot]:
    for tier in Tier:
        try:
            opened = Slot(tier, runtime)
        except SlotFailed:
            continue
        yield opened
        opened.close()
        return


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_script_behaves_as_under_a_fresh_interpreter(
    slot: Slot, runtime: Runtime, script: str, tmp_path: Path
) -> None:
    stdin = b"line 1\nline 2\nline 3\n"
    (tmp_path / "main.py").write_text(script)
    fresh = subprocess.run(
        [runtime.python, "main.py"],
        cwd=tmp_path,
        env=environment(BOX),
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    execution = slot.run(PythonScript(("main.py",), {"main.py": script.encode()}), RunLimits(), stdin)
    said = execution.stderr.replace(f"{BOX}/work".encode(), str(tmp_path).encode())
    assert execution.stdout == fresh.stdout
    assert (execution.exit_code if execution.signal is None else -execution.signal) == fresh.returncode
    assert _without_addresses(said) == _without_addresses(fresh.stderr)


def _without_addresses(text: bytes) -> list[bytes]:
    return [line for line in text.splitlines() if b"0x" not in line]


@pytest.mark.parametrize("native", [True, False], ids=["helper in C", "Python"])
def test_what_warm_modules_do_at_exit_is_left_to_programs(native: bool) -> None:
    """Were it done before the first program, a pool of threads could start none."""
    warm = ("concurrent.futures.thread", "logging.handlers")
    code = """
import concurrent.futures, logging.handlers, sys
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    print(list(pool.map(abs, [-1, -2])))
log = logging.getLogger("late")
log.addHandler(logging.handlers.MemoryHandler(100, target=logging.StreamHandler(sys.stdout)))
log.error("flushed at exit")
"""
    program = PythonScript(("main.py",), {"main.py": code.encode()})
    with contextlib.closing(open_slot(Tier.PROCESS, native, warm)) as slot:
        execution = slot.run(program, RunLimits())
    assert execution.stdout == b"[1, 2]\nflushed at exit\n", execution.stderr
