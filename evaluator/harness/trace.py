"""Texts about an exception that the submission or its tests raised."""

from __future__ import annotations

import traceback
import types

from evaluator.harness import loading

TESTS_FILE = "test_solution.py"
"""The name of the tests' file, which does not exist."""
_OWN_FILES = (f"/{loading.SOURCE}", f"/{TESTS_FILE}")
_MAX_LINE, _MAX_TRACE, _MAX_FRAMES = 400, 4000, 20


class SubmissionRaised(Exception):
    """The submission raised an exception in a process of its own."""

    def __init__(self, line: str, trace: str) -> None:
        super().__init__(line)
        self.line, self.trace = line, trace


def describe(error: BaseException) -> tuple[str, str]:
    """The last line that the interpreter would say of an exception, and its trace without the frames of ours and of a
    framework's above those of the tests."""
    if isinstance(error, SubmissionRaised):
        return error.line[:_MAX_LINE], error.trace[-_MAX_TRACE:]
    try:
        line = "".join(traceback.format_exception_only(error)).strip()
        trace = traceback.format_exception(type(error), error, _own_trace(error.__traceback__), limit=-_MAX_FRAMES)
    except Exception:  # of a class that says something else of itself each time
        return type(error).__name__, ""
    return line[:_MAX_LINE], "".join(trace)[-_MAX_TRACE:]


def leads_through_submission(error: BaseException) -> bool:
    """Tell whether the submission, or something that it called, raised it."""
    files = (frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(file.endswith(f"/{loading.SOURCE}") for file in files)


def _own_trace(trace: types.TracebackType | None) -> types.TracebackType | None:
    while trace is not None and not trace.tb_frame.f_code.co_filename.endswith(_OWN_FILES):
        trace = trace.tb_next
    return trace
