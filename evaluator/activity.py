"""The recent activity of an API process: reports by minute, judge errors, and on request the reports themselves. In
memory, and bounded."""

from __future__ import annotations

import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from evaluator.schema import Report, Submission, Verdict
from evaluator.schema.console import JudgeErrorNote, Minute, VerdictList, VerdictNote
from evaluator.written_report import WrittenReport

MINUTES = 15
_DURATIONS = 2000
"""Durations of a minute that are kept, chosen at random, for its percentiles."""
_ERRORS = 50
_MAX_CODE = 16 * 1024
"""Characters of a program that the explorer keeps."""
_MAX_REPORT = 64 * 1024
"""Bytes of a report beyond which the explorer keeps only its summary."""
_SCORE_CLASSES = 10


@dataclass(slots=True)
class _Bucket:
    number: int
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    durations: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Error:
    at: float
    holder: str
    request_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Note:
    at: float
    holder: str
    language: str
    code: str
    is_answer: bool
    report: WrittenReport


class Activity:
    """The activity of an API process."""

    def __init__(self, limit: int = 0, now: Callable[[], float] = time.time) -> None:
        """The last ``limit`` reports are kept with their programs; 0 for none."""
        self.limit = limit
        self._now = now
        self._buckets: deque[_Bucket] = deque(maxlen=MINUTES)
        self._errors: deque[_Error] = deque(maxlen=_ERRORS)
        self._notes: deque[_Note] = deque(maxlen=limit)

    def graded(self, submission: Submission, report: WrittenReport, holder: str, request_id: str | None) -> None:
        """Note a report that was delivered."""
        bucket = self._bucket()
        bucket.verdicts[report.verdict] += 1
        self._add_duration(bucket, report.queued_s + report.run_s)
        if report.verdict is Verdict.JUDGE_ERROR:
            self.failed(report.reason or "", holder, request_id)
        if self.limit:
            self._notes.append(_note(submission, report, holder, self._now()))

    def failed(self, reason: str, holder: str, request_id: str | None) -> None:
        """Note a program that was not judged."""
        self._errors.append(_Error(self._now(), holder, request_id, reason[:500]))

    def minutes(self) -> tuple[Minute, ...]:
        """The last minutes, the oldest first, those without reports among them."""
        last = self._number()
        buckets = {bucket.number: bucket for bucket in self._buckets}
        return tuple(_minute(buckets.get(number) or _Bucket(number)) for number in range(last - MINUTES + 1, last + 1))

    def errors(self, holder: str | None) -> tuple[JudgeErrorNote, ...]:
        """The judge errors of a key's holder, or with None of all, the newest first."""
        return tuple(
            JudgeErrorNote(at=_time(each.at), request_id=each.request_id, reason=each.reason)
            for each in reversed(self._errors)
            if holder in (None, each.holder)
        )

    def verdicts(
        self, holder: str | None, *, name: str = "", verdict: Verdict | None = None, most: int = 100
    ) -> VerdictList:
        """The kept reports of a key's holder, or with None of all, whose id holds ``name``."""
        notes = [each for each in self._notes if holder in (None, each.holder) and name in (each.report.id or "")]
        shown = [each for each in reversed(notes) if verdict in (None, each.report.verdict)]
        return VerdictList(
            limit=self.limit,
            count=len(notes),
            verdicts=Counter(each.report.verdict for each in notes),
            scores=_classes(each.report.score for each in notes),
            no_code=_share(notes, lambda each: each.report.verdict is Verdict.NO_CODE),
            missing_module=_share(notes, _misses_module),
            relaxed=_share(notes, _is_relaxed),
            notes=tuple(map(_shown, shown[:most])),
        )

    def _number(self) -> int:
        return int(self._now() // 60)

    def _bucket(self) -> _Bucket:
        number = self._number()
        if not self._buckets or self._buckets[-1].number != number:
            self._buckets.append(_Bucket(number))
        return self._buckets[-1]

    def _add_duration(self, bucket: _Bucket, seconds: float) -> None:
        """Keep a sample of all durations, each with the same chance (Vitter's algorithm R)."""
        if len(bucket.durations) < _DURATIONS:
            bucket.durations.append(seconds)
        elif (place := random.randrange(bucket.verdicts.total())) < _DURATIONS:
            bucket.durations[place] = seconds


def _note(submission: Submission, report: WrittenReport, holder: str, at: float) -> _Note:
    code = submission.code if submission.code is not None else submission.response
    if submission.files:
        code = "\n".join(f"{name}\n{text}" for name, text in submission.files.items())
    short = code[:_MAX_CODE] if isinstance(code, str) else "(not UTF-8)"
    if len(report.rest) > _MAX_REPORT:
        report = report.model_copy(update={"rest": _summary_of(report)})
    return _Note(at, holder, submission.language, short, submission.response is not None, report)


def _summary_of(report: WrittenReport) -> str:
    """The fields of a report that are not kept apart, without its tests."""
    full = _parsed(report)
    short = full.model_copy(update={"tests": (), "first_failure": None})
    return WrittenReport.of(short).rest


def _parsed(report: WrittenReport) -> Report:
    return Report.model_validate_json(report.to_json())


def _shown(note: _Note) -> VerdictNote:
    facts: dict[str, Any] = {
        "at": _time(note.at),
        "id": note.report.id,
        "language": note.language,
        "code": note.code,
        "is_answer": note.is_answer,
        "relaxed": _is_relaxed(note),
        "missing_module": _misses_module(note),
        "report": _parsed(note.report),
    }
    return VerdictNote.model_validate(facts)


def _is_relaxed(note: _Note) -> bool:
    return note.report.verdict is Verdict.ACCEPTED and '"strict":false' in note.report.rest


def _misses_module(note: _Note) -> bool:
    return note.report.verdict is not Verdict.ACCEPTED and "ModuleNotFoundError" in note.report.rest


def _share(notes: Sequence[_Note], holds: Callable[[_Note], bool]) -> float:
    return sum(map(holds, notes)) / len(notes) if notes else 0.0


def _classes(scores: Iterable[float | None]) -> tuple[int, ...]:
    counts = Counter(min(int(score * _SCORE_CLASSES), _SCORE_CLASSES - 1) for score in scores if score is not None)
    return tuple(counts[number] for number in range(_SCORE_CLASSES))


def _minute(bucket: _Bucket) -> Minute:
    durations = sorted(bucket.durations)
    return Minute(
        start=_time(60.0 * bucket.number),
        reports=bucket.verdicts.total(),
        p50_s=_percentile(durations, 0.50),
        p95_s=_percentile(durations, 0.95),
        verdicts=dict(bucket.verdicts),
    )


def _percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest rank of sorted values."""
    return values[max(0, math.ceil(share * len(values)) - 1)] if values else None


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
