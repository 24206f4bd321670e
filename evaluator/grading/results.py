"""Reports kept by what was graded: a program that comes again for the same suite is not run again."""

from __future__ import annotations

from evaluator.grading.report import ENGINE
from evaluator.schema import Report, Submission, Verdict
from sandbox.store import HashStore


class Results:
    """Keeps only what another run would say too: no fault of ours, and nothing that rests on the wall clock."""

    def __init__(self, files: HashStore | None) -> None:
        """Without ``files`` nothing is kept."""
        self._files = files

    def get(self, submission: Submission, code: bytes, judge: tuple[str, ...]) -> Report | None:
        """The report of the same program for the same suite, judged in the same way (``judge``: the engine's tier and
        toolchain). A suite that came with its submission has no name to find it by."""
        if self._files is None or submission.suite_id is None:
            return None
        data = self._files.get(_key(submission, code, judge))
        if data is None:
            return None
        return Report.model_validate_json(data).model_copy(update={"id": submission.id, "cached": True})

    def put(self, submission: Submission, code: bytes, judge: tuple[str, ...], report: Report) -> None:
        """Keep a report, if it will do for others."""
        if self._files is None or submission.suite_id is None:
            return
        if report.verdict is not Verdict.JUDGE_ERROR and not report.wall_only:
            self._files.put(_key(submission, code, judge), report.model_dump_json().encode())


def _key(submission: Submission, code: bytes, judge: tuple[str, ...]) -> str:
    suite_id = submission.suite_id or ""
    return HashStore.key(ENGINE, *judge, suite_id, submission.policy, submission.detail, code.hex())
