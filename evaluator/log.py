"""Logging: one JSON object per line on stderr. A program's text, input or output is never logged."""

from __future__ import annotations

import json
import logging
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being handled. Every line logged for the request has it."""

FIRST_REMINDER_S, LAST_REMINDER_S = 30.0, 960.0
"""Seconds after which a condition that lasts is logged again, at first and at most."""
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON: its message and the fields passed as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if (identifier := request_id.get()) is not None:
            line["request_id"] = identifier
        line.update({key: value for key, value in vars(record).items() if key not in _PLAIN})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Outage:
    """A condition that lasts: logged when it begins, again at longer and longer intervals, and when it is over."""

    def __init__(self, logger: logging.Logger, event: str, end_event: str) -> None:
        """``event`` is what is logged while it lasts, ``end_event`` once it is over."""
        self._logger, self._event, self._end_event = logger, event, end_event
        self._began_at: float | None = None
        self._again_at = self._pause_s = 0.0

    def failed(self, reason: str, **extra: object) -> None:
        """Note that the condition holds, as often as it is noticed."""
        now = time.monotonic()
        if self._began_at is None:
            self._began_at, self._again_at, self._pause_s = now, now, FIRST_REMINDER_S
        if now < self._again_at:
            return
        self._again_at = now + self._pause_s
        self._pause_s = min(2 * self._pause_s, LAST_REMINDER_S)
        self._logger.error(self._event, extra={"reason": reason, "for_s": round(now - self._began_at, 1), **extra})

    def ended(self) -> None:
        """Note that the condition does not hold, as often as it is noticed."""
        if self._began_at is not None:
            self._logger.warning(self._end_event, extra={"after_s": round(time.monotonic() - self._began_at, 1)})
            self._began_at = None


def configure(level: str) -> None:
    """Send every logger's lines to stderr, without facts that no line shows: to find them would cost more than the rest
    (https://docs.python.org/3/howto/logging.html#optimization)."""
    logging._srcfile = None
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
