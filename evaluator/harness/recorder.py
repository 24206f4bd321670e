"""The recorder: what the delivered tests hand their values to, and the file that it writes them to.

It runs in the submission's process, so nothing rests on its honesty. What it needs it has taken before the submission
runs, and it holds no descriptor open: a program that patches modules, changes directory, closes descriptors, deletes
files, forks or starts threads does not disturb it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, Protocol, TypeVar

from evaluator.forms import codec

Value = TypeVar("Value")
_MAX_PENDING_BYTES = 1 << 20
"""Records are written at the latest when there are so many."""
_dump = json.JSONEncoder(separators=(",", ":")).encode
_open, _write, _close, _getpid = os.open, os.write, os.close, os.getpid
_size, _truncate = os.fstat, os.ftruncate
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
_modules = sys.modules


class Token:
    """Stands where a constant stood that flows into conditions only: anything else that is done with it is an error."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return "<constant>"

    def _refuse(self, *_: object) -> NoReturn:
        leaks.append(f"the constant {self.number} was used outside of conditions")
        raise TypeError("a constant of the tests is used outside of conditions")

    __hash__ = object.__hash__
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __call__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __neg__ = __abs__ = __round__ = __int__ = __float__ = __index__ = _refuse


leaks: list[str] = []


class Log:
    """Records, as lines of JSON."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def add(self, *record: Any) -> None:
        """Note one record."""
        self.lines.append(_dump(record).encode() + b"\n")

    def flush(self) -> None:
        """Do nothing: nothing is to be written."""


class LogFile(Log):
    """Records in a file, of which all is kept so that it can be written again where the program has removed it."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path, self._process = path, _getpid()
        self._written_lines = self._written_bytes = self._pending_bytes = 0
        self._lock = threading.Lock()

    def add(self, *record: Any) -> None:
        """Write one record, now or soon."""
        super().add(*record)
        self._pending_bytes += len(self.lines[-1])
        if self._pending_bytes > _MAX_PENDING_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is still to be written; not by a process that the program has forked, which has the same."""
        if _getpid() == self._process:
            with self._lock:
                self._write_pending()

    def _write_pending(self) -> None:
        file = _open(self._path, _FLAGS, 0o600)
        try:
            if _size(file).st_size != self._written_bytes:
                _truncate(file, 0)
                self._written_lines = self._written_bytes = 0
            pending = b"".join(self.lines[self._written_lines :])
            self._written_lines, self._pending_bytes = len(self.lines), 0
            while pending:
                written = _write(file, pending)
                self._written_bytes += written
                pending = pending[written:]
        finally:
            _close(file)


class Evaluate(Protocol):
    """Judge a site at once: the reason why its condition does not hold, or None."""

    def __call__(self, number: int, leaves: list[codec.Form], tokens: list[Any]) -> str | None: ...


class Recorder:
    """The object that the delivered tests call."""

    __slots__ = ("_evaluate", "_log", "_stops")

    def __init__(self, log: Log, evaluate: Evaluate | None = None, *, stops: bool = False) -> None:
        """Evaluate conditions at once, given ``evaluate``; then a site that fails raises if it ``stops``."""
        self._log, self._evaluate, self._stops = log, evaluate, stops

    def token(self, number: int) -> Token:
        """Return the handle that stands for a constant."""
        return Token(number)

    def site(self, number: int, values: Iterable[Any], tokens: Iterable[Any]) -> bool:
        """Record the values of an assertion, which goes on as if it had passed."""
        return self._note(number, [codec.encode(value, truth=True) for value in values], tokens)

    def lazy(self, number: int, thunks: Iterable[Callable[[], Any]], tokens: Iterable[Any]) -> bool:
        """Record a site whose author's condition may stop before it needs a value. What the first value's expression
        raises goes on; of another one it is recorded."""
        leaves: list[codec.Form] = []
        for thunk in thunks:
            try:
                leaves.append(codec.encode(thunk(), truth=True))
            except Exception as error:
                if not leaves:
                    raise
                leaves.append(codec.raised(error))
        return self._note(number, leaves, tokens)

    def mock(self, number: int, mock: Any) -> None:
        """Record the calls that a mock got."""
        library: Any = _modules.get("unittest.mock")
        if library is None or not isinstance(mock, library.NonCallableMock):
            self._note(number, [codec.encode(mock, truth=True)], ())
            return
        awaited = mock.await_args_list if isinstance(mock, library.AsyncMockMixin) else ()
        has_spec = getattr(mock, "_spec_signature", None) is not None
        self._log.add("mock", number, _calls(mock.call_args_list), _calls(awaited), has_spec)

    def reached(self, number: int, value: Value) -> Value:
        """Record that an assertion that stayed as it was has been evaluated."""
        self._log.add("reached", number)
        return value

    def raises(self, number: int, context: Any) -> Raises:
        """Record the classes of what ends a block."""
        return Raises(self._log, number, context)

    def _note(self, number: int, leaves: list[codec.Form], tokens: Iterable[Any]) -> bool:
        numbers = [token.number if type(token) is Token else ["not a token"] for token in tokens]
        if self._evaluate is None:
            self._log.add("site", number, leaves, numbers)
            return True
        reason = self._evaluate(number, leaves, numbers)
        self._log.add("site", number, leaves, numbers, reason)
        if reason is not None and self._stops:
            raise AssertionError(reason)
        return True


def _calls(calls: Iterable[Any]) -> list[Any]:
    return [[codec.encode(tuple(call.args)), codec.encode(dict(call.kwargs))] for call in calls]


class Raises:
    """A context manager of the author's, around which it is recorded what came."""

    __slots__ = ("_context", "_log", "_number")

    def __init__(self, log: Log, number: int, context: Any) -> None:
        self._log, self._number, self._context = log, number, context

    def __enter__(self) -> Any:
        return self._context.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> Any:
        swallowed = self._context.__exit__(kind, error, trace)
        self._log.add("raised", self._number, None if error is None else codec.raised(error)["raised"])
        return swallowed
