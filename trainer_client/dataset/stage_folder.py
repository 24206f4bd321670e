"""The folder of a stage in a run: journal, parts, rejections, and the mark that it is complete.

``done.json`` is written last and removed first, so parts count only beside it. Everything is a function of the journal:
an interrupted stage is completed from it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from trainer_client.dataset.files import RunError, disk_errors, write_whole
from trainer_client.dataset.journal import KeyedJournal
from trainer_client.dataset.parts import ProblemFiles, count_rows, read_rejections, write_problems, write_rejections
from trainer_client.dataset.row import Problem, Rejection, write_canonical
from trainer_client.dataset.stage import Outcome, StageCount

DONE, JOURNAL, REJECTED = "done.json", "journal.jsonl", "rejected.parquet"


def key_of(*parts: Any) -> str:
    """The SHA-256 of JSON values."""
    return sha256(write_canonical(parts)).hexdigest()


class StageFolder:
    """A stage's files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems = ProblemFiles(path)

    @property
    def journal(self) -> Path:
        """The file of the stage's journal."""
        return self.path / JOURNAL

    def done(self) -> dict[str, Any] | None:
        """The mark of a complete stage: its key, counts, and the digest of what came out. None without one, or if files
        are missing or damaged: they are written anew from the journal."""
        try:
            content: dict[str, Any] = json.loads((self.path / DONE).read_bytes())
            whole = self._is_whole(StageCount(**content["count"]))
        except (OSError, ValueError):
            return None
        return content if whole else None

    def _is_whole(self, count: StageCount) -> bool:
        rejected = count_rows(self.path / REJECTED)
        return len(self.problems) == count.problems_out and rejected == sum(count.rejections.values())

    def count(self) -> StageCount | None:
        """The stage's step of the funnel; None where it is not complete."""
        mark = self.done()
        return None if mark is None else StageCount(**mark["count"])

    def rejections(self) -> list[Rejection]:
        """Return the stage's rejections."""
        return read_rejections(self.path / REJECTED)

    def complete(self, name: str, key: str, problems_in: int, outcomes: Outcomes) -> StageCount:
        """Write parts and rejections from what is in a journal, then the mark.

        Raises:
            DiskFull: there was no room. The journal is as it was.
        """
        (self.path / DONE).unlink(missing_ok=True)
        digest, quarantine = sha256(), Counter[str]()

        def observed() -> Iterator[Problem]:
            for problem in outcomes.problems():
                digest.update(problem.digest().encode())
                quarantine.update(problem.quarantine)
                yield problem

        with disk_errors(self.path):
            for old in self.problems.files():
                old.unlink()
            written = write_problems(observed(), self.path)
            rejections = outcomes.rejections()
            write_rejections(rejections, self.path / REJECTED)
        reasons = Counter(each.reason for each in rejections)
        count = StageCount(name, problems_in, written, dict(sorted(reasons.items())), dict(sorted(quarantine.items())))
        digest.update(write_canonical([each.to_json() for each in rejections]))
        mark = {"key": key, "digest": digest.hexdigest(), "count": _plain(count)}
        write_whole(self.path / DONE, json.dumps(mark, indent=1).encode() + b"\n")
        return count


def _plain(count: StageCount) -> dict[str, Any]:
    return {name: getattr(count, name) for name in count.__slots__}


class Outcomes:
    """The outcomes of a stage's problems, in a journal. Only their ids and places are in memory.

    Raises:
        RunError: a stage made one id twice.
    """

    def __init__(self, stage: str, journal: KeyedJournal) -> None:
        self._stage, self._journal = stage, journal
        self._problems: dict[str, tuple[int, int]] = {}
        self._rejections: list[Rejection] = []

    def add(self, key: str) -> None:
        """Count the outcome of a key in."""
        offset = self._journal.offset(key)
        for place, row in enumerate(self._journal.at(offset)["value"]):
            if "reason" in row:
                self._rejections.append(Rejection(**row))
            elif row["id"] in self._problems:
                raise RunError(f"{self._stage}: two problems are called {row['id']!r}: stages must keep ids apart")
            else:
                self._problems[row["id"]] = offset, place

    def reject(self, rejection: Rejection) -> None:
        """Count a rejection in that is not in the journal."""
        self._rejections.append(rejection)

    def __contains__(self, problem_id: str) -> bool:
        return problem_id in self._problems

    def problems(self) -> Iterator[Problem]:
        """The problems that go on, sorted by id."""
        for name in sorted(self._problems):
            offset, place = self._problems[name]
            yield Problem.from_json(self._journal.at(offset)["value"][place])

    def rejections(self) -> list[Rejection]:
        """The rejections, sorted by id."""
        return sorted(self._rejections, key=lambda each: (each.id, each.reason, write_canonical(each.evidence)))


def to_rows(outcomes: Iterable[Outcome] | Outcome) -> list[dict[str, Any]]:
    """Outcomes as a journal has them."""
    if isinstance(outcomes, Problem | Rejection):
        outcomes = [outcomes]
    return [each.to_json() for each in outcomes]


def rejected_among(rows: Sequence[dict[str, Any]]) -> int:
    """1 where nothing of a problem goes on."""
    return int(all("reason" in row for row in rows))
