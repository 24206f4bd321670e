"""Logs on disk: files and folders, read once or followed while a trainer writes them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from trainer_client.diagnosis.formats import Entry, Reader, TextLength, in_order, reader_of
from trainer_client.diagnosis.rollouts import BadRollouts, Rollout, RolloutStep

POLL_S = 1.0
"""Seconds between two looks at files that are followed."""
OWN_LOG = "rollouts.jsonl"
"""The log that ``diagnosis.live`` writes."""
_STATE = "trainer_state.json"
_LOGS = ("completions_*.parquet", "traces.jsonl", "train_rollouts.jsonl")
"""Tables of TRL's; rollouts of prime-rl's, now and before. verl's have a step for a name."""
_BATCH_ROWS = 1024
_SIGN_TOKENS = 16
"""Tokens of a completion that tell it from others."""


@dataclass
class LogFiles:
    """The files of a run. Each look yields what has been written since the one before; a line that is not finished yet
    is left for the next.

    Args:
        paths: files, or folders: a trainer's output folder, or the one of its rollouts.
        text: the tokens of texts, where a log holds nothing else.
        is_growing: a folder may have no log yet.
    """

    paths: Sequence[Path]
    text: TextLength = field(default_factory=TextLength)
    is_growing: bool = False
    _offsets: dict[Path, int] = field(default_factory=dict)
    _line_counts: dict[Path, int] = field(default_factory=dict)
    _readers: dict[Path, Reader] = field(default_factory=dict)

    def entries(self) -> Iterator[Entry]:
        """Yield what is new.

        Raises:
            BadRollouts: a file is missing, or is no log; the message names file and line.
        """
        for file in self._files():
            if file.suffix == ".jsonl":
                yield from self._lines(file)
            elif self._is_new(file):
                yield from self._table(file) if file.suffix == ".parquet" else self._object(file)

    def _files(self) -> list[Path]:
        """List the files, figures first: a step's are then there when its completions are."""
        files: list[Path] = []
        for path in self.paths:
            if not path.exists():
                raise BadRollouts(f"{path}: there is no such file or folder")
            files += _in_folder(path) if path.is_dir() else [path]
        if not files and not self.is_growing:
            raise BadRollouts(f"{self.paths[0]}: this folder holds no log of TRL, verl or prime-rl; name the files")
        return sorted(files, key=lambda file: file.suffix != ".json")

    def _is_new(self, file: Path) -> bool:
        size = file.stat().st_size
        before, self._offsets[file] = self._offsets.get(file), size
        return size != before

    def _lines(self, file: Path) -> Iterator[Entry]:
        offset = self._offsets.get(file, 0)
        if file.stat().st_size < offset:
            raise BadRollouts(f"{file} has become shorter while it was followed: begin again")
        with file.open("rb") as stream:
            stream.seek(offset)
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                self._offsets[file] = self._offsets.get(file, 0) + len(line)
                self._line_counts[file] = self._line_counts.get(file, 0) + 1
                if line.strip():
                    yield from self._parsed(line, file, f"line {self._line_counts[file]}")

    def last_line(self) -> Iterator[Entry]:
        """Yield what stands in lines without an end, once nothing more is to come."""
        for file in self._files():
            if file.suffix == ".jsonl":
                with file.open("rb") as stream:
                    stream.seek(self._offsets.get(file, 0))
                    rest = stream.read()
                if rest.strip():
                    yield from self._parsed(rest, file, "the last line")

    def _parsed(self, line: bytes, file: Path, place: str) -> Iterator[Entry]:
        try:
            row = from_json(line)
        except ValueError as error:
            raise BadRollouts(f"{file}, {place}: this is no JSON ({error})") from error
        yield from self._read(row, file, place)

    def _read(self, row: Any, file: Path, place: str) -> Iterator[Entry]:
        if not isinstance(row, Mapping):
            raise BadRollouts(f"{file}, {place}: a JSON object is needed")
        reader = self._readers.setdefault(file, reader_of(row, file))
        try:
            yield from reader(row, file, self.text)
        except (BadRollouts, KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise BadRollouts(f"{file}, {place}: {reason}") from error

    def _object(self, file: Path) -> Iterator[Entry]:
        try:
            row = from_json(file.read_bytes())
        except ValueError as error:
            raise BadRollouts(f"{file}: this is no JSON ({error})") from error
        yield from self._read(row, file, "the object")

    def _table(self, file: Path) -> Iterator[Entry]:
        try:
            from pyarrow import ArrowInvalid, parquet
        except ModuleNotFoundError as error:
            raise BadRollouts(f"{file}: tables of completions need a package: pip install pyarrow") from error
        try:
            batches = parquet.ParquetFile(file).iter_batches(_BATCH_ROWS)
            rows = (row for batch in batches for row in batch.to_pylist())
            for number, row in enumerate(rows, 1):
                yield from self._read(row, file, f"row {number}")
        except (ArrowInvalid, OSError) as error:
            raise BadRollouts(f"{file}: this is no Parquet file ({error})") from error


def _in_folder(folder: Path) -> list[Path]:
    """List the logs in a folder. Where ``microcoder train`` has written its own it has everything; of TRL's states the
    newest has all figures. prime-rl writes completions twice, as they end and as they are trained on, and those of
    evaluations.
    """
    own = folder / OWN_LOG
    if own.exists():
        return [own]
    states = list(folder.rglob(_STATE))
    newest = [max(states, key=lambda file: file.stat().st_mtime)] if states else []
    files = [file for file in folder.rglob("*") if _is_log(file.relative_to(folder))]
    return [*newest, *sorted(files, key=in_order)]


def _is_log(file: Path) -> bool:
    """Tell by its path in a run's folder if a file has completions of training."""
    of_training = not {"eval", "all"} & set(file.parts)
    is_verl_s = file.suffix == ".jsonl" and file.stem.isdecimal()
    return of_training and (is_verl_s or any(file.match(pattern) for pattern in _LOGS))


class StepAssembler:
    """Puts entries together to steps. A step is whole once a later one begins; figures that come after their step was
    told go with the next one."""

    def __init__(self) -> None:
        self._groups: dict[str, list[Rollout]] = {}
        self._current: int | None = None
        self._last = -1
        self._logged: dict[int, dict[str, float]] = {}
        self._late: dict[str, float] = {}
        self._known: set[tuple[int, str]] = set()
        self._may_repeat = False
        self._before: list[tuple[Any, ...]] = []

    def add(self, entry: Entry) -> Iterator[RolloutStep]:
        """Take an entry, and yield the steps that it ends.

        Raises:
            BadRollouts: its step lies before the current one.
        """
        if entry.rollout is None:
            self._add_figures(entry)
            return
        if self._current is not None and entry.step != self._current:
            if entry.step < self._current:
                raise BadRollouts(
                    f"completions of step {entry.step} come after those of step {self._current}: sort them"
                )
            yield from self._until(self._current)
        self._current, self._may_repeat = entry.step, entry.may_repeat
        self._groups.setdefault(entry.group, []).append(entry.rollout)

    def _add_figures(self, entry: Entry) -> None:
        # A state of TRL's is read anew each time that it has grown.
        new = {name: value for name, value in entry.logged.items() if (entry.step, name) not in self._known}
        self._known.update((entry.step, name) for name in new)
        place = self._logged.setdefault(entry.step, {}) if entry.step > self._last else self._late
        place.update(new)

    def figures_alone(self) -> Iterator[RolloutStep]:
        """Yield all but the last step of a log without completions."""
        if self._current is None and self._logged:
            yield from self._until(max(self._logged) - 1)

    def rest(self) -> Iterator[RolloutStep]:
        """Yield what is left at the end of a log."""
        yield from self._until(max([*self._logged, self._current or 0]))
        if self._late:
            yield RolloutStep(max(self._last, 0), logged=self._late)

    def _until(self, number: int) -> Iterator[RolloutStep]:
        groups, current = list(self._groups.values()), self._current
        self._groups, self._current = {}, None
        if self._may_repeat and self._is_copy(groups):
            groups, current = [], None
        for step in sorted({*self._logged, *([] if current is None else [current])}):
            if step <= number:
                figures, self._late = self._late | self._logged.pop(step, {}), {}
                self._last = step
                yield RolloutStep(step, groups if step == current else [], figures)

    def _is_copy(self, groups: Sequence[Sequence[Rollout]]) -> bool:
        """Tell if a step's completions are those of the one before."""
        everything = [rollout for group in groups for rollout in group]
        signs = [(rollout.length, rollout.reward, *rollout.tokens[:_SIGN_TOKENS]) for rollout in everything]
        same, self._before = signs == self._before, signs or self._before
        return same


def read_steps(files: LogFiles) -> Iterator[RolloutStep]:
    """Yield the steps of logs that are finished.

    Raises:
        BadRollouts: they are no logs.
    """
    assembler = StepAssembler()
    for entry in files.entries():
        yield from assembler.add(entry)
    for entry in files.last_line():
        yield from assembler.add(entry)
    yield from assembler.rest()


def follow_steps(files: LogFiles, *, idle_s: float, poll_s: float = POLL_S) -> Iterator[RolloutStep | None]:
    """Yield steps as a trainer writes them, and None at each look that found nothing; end once nothing has been
    written for ``idle_s`` seconds.

    Raises:
        BadRollouts: they are no logs.
    """
    assembler = StepAssembler()
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < idle_s:
        for entry in files.entries():
            quiet_since = time.monotonic()
            yield from assembler.add(entry)
        yield from assembler.figures_alone()
        yield None
        time.sleep(poll_s)
    for entry in files.last_line():
        yield from assembler.add(entry)
    yield from assembler.rest()
