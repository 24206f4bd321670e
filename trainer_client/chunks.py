"""Submissions in portions of a request: what is sent, what has come back, what is still missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from evaluator.schema import Report, Submission, Suite
from trainer_client.errors import BadReply
from trainer_client.uploads import SuiteNames

_PLACE = re.compile(r"submissions\[(\d+)\]")


@dataclass(slots=True)
class PendingSubmission:
    """A submission on its way. ``position`` is its place in the call, ``body`` its JSON, its suite named by id."""

    position: int
    body: bytes
    suite: tuple[str, Suite] | None
    retries: int
    """Times that the judge may still fail over it before its failure is the answer."""


@dataclass(slots=True)
class Chunk:
    """Submissions that travel together until each has its report."""

    missing: list[PendingSubmission]
    sent: list[PendingSubmission] = field(default_factory=list)
    _open: set[int] = field(default_factory=set)

    def request(self) -> bytes:
        """Make the body that asks for all that is missing."""
        self.sent, self._open = self.missing, set(range(len(self.missing)))
        return b'{"submissions":[' + b",".join(item.body for item in self.sent) + b"]}"

    def take(self, report: Report) -> Report | None:
        """Note a report: it is handed back, with its place in the call, unless it came before, or its submission is to
        be tried again.

        Raises:
            BadReply: it is of no submission that was sent.
        """
        if report.index is None or not 0 <= report.index < len(self.sent):
            raise BadReply(f"the service sent a report of submission {report.index}, where {len(self.sent)} were sent")
        item = self.sent[report.index]
        if report.index not in self._open:
            return None
        self._open.remove(report.index)
        if not report.verdict.is_score and item.retries > 0:
            item.retries -= 1
            return None
        self.missing = [other for other in self.missing if other is not item]
        return report.model_copy(update={"index": item.position})

    @property
    def answered(self) -> bool:
        """The last request got a report for everything that it asked for."""
        return not self._open

    @property
    def suites(self) -> dict[str, Suite]:
        """The suites that the missing submissions need."""
        return dict(item.suite for item in self.missing if item.suite is not None)

    def halves(self) -> tuple[Chunk, Chunk]:
        """Two smaller ones."""
        middle = len(self.missing) // 2
        return Chunk(self.missing[:middle]), Chunk(self.missing[middle:])

    def in_terms_of_the_call(self, detail: str) -> str:
        """Return a problem's text with the places of the call in the place of the request's."""

        def place(match: re.Match[str]) -> str:
            index = int(match[1])
            return f"submissions[{self.sent[index].position}]" if index < len(self.sent) else match[0]

        return _PLACE.sub(place, detail)


def chunked(
    submissions: Iterable[Submission], *, most: int, most_bytes: int, retries: int, names: SuiteNames
) -> Iterator[Chunk]:
    """Yield the submissions in portions of up to ``most`` and, unless one alone is larger, ``most_bytes``; taken from
    their source only when they are asked for."""
    items: list[PendingSubmission] = []
    size = 0
    for position, submission in enumerate(submissions):
        item = item_of(position, submission, retries, names)
        if items and (len(items) >= most or size + len(item.body) > most_bytes):
            yield Chunk(items)
            items, size = [], 0
        items.append(item)
        size += len(item.body)
    if items:
        yield Chunk(items)


def item_of(position: int, submission: Submission, retries: int, names: SuiteNames) -> PendingSubmission:
    """A submission as it travels: its suite goes apart from it."""
    suite = None
    if submission.suite is not None:
        name = names.of(submission.suite)
        suite = name, submission.suite
        submission = submission.model_copy(update={"suite": None, "suite_id": name})
    return PendingSubmission(position, submission.model_dump_json(exclude_none=True).encode(), suite, retries)
