"""Running Python source as ``python main.py`` would, inside an interpreter that is already warm.

What ``Py_RunMain`` and ``Py_FinalizeEx`` do around a script (pylifecycle.c) is done here step by step: uncaught
exceptions through ``sys.excepthook``, SystemExit's codes, non-daemon threads joined, atexit, the main module's
objects destroyed, streams flushed, exit code 120 when that fails.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import ctypes
import gc
import importlib.machinery
import os
import signal
import sys
import threading
import types
from typing import Any, NamedTuple

from sandbox.zygote.protocol import INTERRUPTED_STATUS

_FLUSH_FAILED_STATUS = 120
_ANNOTATED = "__annotations__" in vars(sys.modules["__main__"])
"""True if a main module has them in this version."""
_fflush = ctypes.CDLL(None).fflush
_STREAMS = (sys.stdout, sys.stderr)


def compile_source(source: bytes, path: str) -> types.CodeType:
    """Parse one script.

    Raises:
        SyntaxError, ValueError, OverflowError, RecursionError, MemoryError: it is not Python.
    """
    code: types.CodeType = compile(source, path, "exec", dont_inherit=True)
    return code


class Ended(NamedTuple):
    """End of a script. ``plainly``: it left no threads to wait for and nothing to be called at exit."""

    status: int
    plainly: bool


def run_script(code: types.CodeType, path: str, *, destroys: bool = True) -> Ended:
    """Run ``code`` as ``__main__``, up to where the interpreter would end the process. With ``destroys`` its objects
    are destroyed, as the interpreter does; a module of ours has left its result by then, and nobody would see it."""
    module = types.ModuleType("__main__")
    module.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
    if _ANNOTATED:
        module.__annotations__ = {}
    module.__dict__.update(__builtins__=builtins, __file__=path, __cached__=None)
    sys.modules["__main__"] = module
    sys.path.insert(0, os.path.dirname(path))
    uncaught: BaseException | None = None
    calls_at_exit = atexit._ncallbacks()
    try:
        exec(code, module.__dict__)
    except BaseException as error:
        uncaught = _without_our_frame(error)
    status = 0 if uncaught is None else status_of(uncaught)
    uncaught = None  # its traceback holds the script's objects
    ended = finish(status, module, calls_at_exit, destroys=destroys)
    if ended.status == INTERRUPTED_STATUS:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return ended


def status_of(error: BaseException) -> int:
    """Exit status after an exception that nobody caught, which is told as the interpreter would."""
    return _exit_status(error) if isinstance(error, SystemExit) else _show(error)


def _exit_status(error: SystemExit) -> int:
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        # As C's exit() sees it; what does not fit a long becomes -1.
        return int(code) & 0xFF if -(1 << 63) <= code < 1 << 63 else 0xFF
    sys.stdout.flush()
    print(code, file=sys.stderr)
    return 1


def _show(error: BaseException) -> int:
    """Report an uncaught exception through ``sys.excepthook``. Called with no exception being handled, so that
    one raised by the hook has no context."""
    broken: BaseException | None = None
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except SystemExit as left:
        return _exit_status(left)
    except BaseException as raised:
        broken = _without_our_frame(raised)
    if broken is not None:
        print("Error in sys.excepthook:", file=sys.stderr)
        sys.__excepthook__(type(broken), broken, broken.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, error.__traceback__)
    return INTERRUPTED_STATUS if type(error) is KeyboardInterrupt else 1


def _without_our_frame(error: BaseException) -> BaseException:
    return error.with_traceback(error.__traceback__.tb_next if error.__traceback__ else None)


def finish(status: int, module: types.ModuleType, calls_before: int, *, destroys: bool = True) -> Ended:
    """Do what the interpreter does once a script is over; ``calls_before`` it were to be made at exit."""
    threads: Any = threading
    plainly = threading.active_count() == 1 and not threads._threading_atexits and atexit._ncallbacks() == calls_before
    try:
        if not plainly:
            threads._shutdown()
        atexit._run_exitfuncs()
    except BaseException as error:
        sys.__excepthook__(type(error), error, error.__traceback__)
    flushed = _flush("stdout") and _flush("stderr")
    if destroys:
        _clear(module)
    flushed = _flush("stdout") and _flush("__stdout__") and flushed
    for stream in _STREAMS:  # a script may have deleted every name that they have
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    _fflush(None)  # what C wrote for the script
    return Ended(status if flushed or status == INTERRUPTED_STATUS else _FLUSH_FAILED_STATUS, plainly)


def _clear(module: types.ModuleType) -> None:
    """Destroy the script's objects, so that ``__del__`` runs, generators close and open files are written."""
    names = vars(module)
    private = [name for name in names if name.startswith("_") and not name.startswith("__")]
    public = [name for name in names if name not in private and name != "__builtins__"]
    for name in (*private, *public):
        names[name] = None
    gc.collect()


def _flush(name: str) -> bool:
    """Flush a stream of ``sys``; a script may have put anything in its place, or nothing."""
    stream = vars(sys).get(name)
    flush = getattr(stream, "flush", None)
    if flush is None or getattr(stream, "closed", False):
        return True
    try:
        flush()
    except BaseException as error:
        sys.unraisablehook(
            types.SimpleNamespace(
                exc_type=type(error), exc_value=error, exc_traceback=None, err_msg="Exception ignored in", object=stream
            )
        )
        return False
    return True
