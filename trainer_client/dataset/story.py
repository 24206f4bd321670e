"""A problem's story: what each stage made of it, in readable text."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.files import RunError
from trainer_client.dataset.pipeline import STAGES, stage_folder
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Rejection, plain

_WIDTH = 100
_SHOWN_CHARS = 300
_LONG = ("statement", "statement_original", "references", "known_wrong", "notes_json", "samples", "starter_code")


def explain(config: DatasetConfig, problem_id: str) -> Iterator[str]:
    """The story's lines.

    Raises:
        RunError: no stage knows the problem.
    """
    before: Problem | None = None
    any_line = False
    for name in STAGES:
        folder = stage_folder(config, name)
        if folder.count() is None:
            yield f"\n{name}: has not run" if any_line else f"{name}: has not run"
            break
        after = next((each for each in folder.problems if each.id == problem_id), None)
        rejected = [each for each in folder.rejections() if each.id == problem_id]
        if after is not None:
            yield from (_birth(after) if before is None else _changes(name, before, after))
            any_line, before = True, after
        for rejection in rejected:
            yield from _rejected(rejection)
            any_line = True
        if after is None and any_line:
            break
    if not any_line:
        raise RunError(f"{config.run}: no stage knows a problem {problem_id!r}; {_near(config, problem_id)}")


def _near(config: DatasetConfig, problem_id: str) -> str:
    """Name the ids that are most like one that nobody knows."""
    folders = [stage_folder(config, name) for name in STAGES]
    known = {each.id for folder in folders for each in (*folder.problems, *folder.rejections())}
    near = get_close_matches(problem_id, sorted(known), n=3)
    return f"the nearest are {', '.join(near)}" if near else "rejected.parquet and the parts have ids"


def _birth(problem: Problem) -> Iterator[str]:
    yield f"{problem.id}" + (f" — {problem.title}" if problem.title and problem.title != problem.id else "")
    yield from _text(problem.statement)
    yield ""
    yield "collect"
    facts = {
        "from": problem.source,
        "url": problem.url,
        "license": f"{problem.license} ({problem.license_origin or 'origin unknown'})",
        "date": problem.date,
        "difficulty at the source": problem.source_difficulty,
        "tests": f"{problem.suite_bytes} bytes",
        "references": len(problem.references),
        "known-wrong programs": len(problem.known_wrong),
        "SHA-256 of the source's row": problem.provenance_sha256,
    }
    yield from (f"  {name}: {value}" for name, value in facts.items() if value)


def _changes(stage: str, before: Problem, after: Problem) -> Iterator[str]:
    yield ""
    yield stage
    lines = [
        line
        for each in fields(Problem)
        if each.name != "notes_json" and getattr(before, each.name) != getattr(after, each.name)
        for line in _change(each.name, getattr(before, each.name), getattr(after, each.name))
    ]
    notes = after.notes_json.get(stage, {}).items()
    lines += [f"{_words(name)}: {_shown(value)}" for name, value in notes if value not in (0, "", [], {}, None)]
    yield from (f"  {line}" for line in lines or ["passes unchanged"])


def _change(name: str, old: Any, new: Any) -> Iterator[str]:
    if name == "references":
        yield from (f"reference {_named(each)}: {each.verdict or 'not run'}{_cpu(each.cpu_s)}" for each in new)
    elif name == "known_wrong":
        alive = [each for each in new if not each.killed_by]
        yield f"known-wrong programs: {len(new)}, of which {len(new) - len(alive)} are refused"
        yield from (f"NOT refused: {_named(each)} {each.label}" for each in alive)
    elif name == "verification":
        facts = {part: value for part, value in plain(new).items() if value is not None}
        yield ", ".join(f"{_words(part)} {_shown(value)}" for part, value in facts.items())
    elif name == "quarantine":
        yield f"kept apart (quarantine): {', '.join(map(_words, new)) or 'no longer'}"
    elif name in _LONG:
        unit = "characters" if isinstance(new, str) else "of them"
        yield f"{_words(name)}: {len(old)} → {len(new)} {unit}"
    else:
        before = "" if old in ("", None, 0, ()) else f"{_shown(plain(old))} → "
        yield f"{_words(name)}: {before}{_shown(plain(new))}"


def _named(program: Reference | KnownWrong) -> str:
    return f"{program.origin} ({program.language})"


def _words(name: str) -> str:
    return name.removesuffix("_json").replace("_", " ")


def _cpu(cpu_s: float | None) -> str:
    return "" if cpu_s is None else f", at most {cpu_s:g} s of CPU"


def _rejected(rejection: Rejection) -> Iterator[str]:
    yield ""
    yield f"{rejection.stage}: REJECTED, {_words(rejection.reason)}"
    yield from (f"  {name}: {_shown(value)}" for name, value in rejection.evidence.items())


def _text(text: str) -> Iterator[str]:
    short = text if len(text) <= _SHOWN_CHARS * 3 else text[: _SHOWN_CHARS * 3] + " …"
    for line in re.sub(r"\n\s*\n", "\n", short).splitlines():
        yield from textwrap.wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="  ") or [""]


def _shown(value: Any) -> str:
    if value in ("", None):
        return "none"
    text = value if isinstance(value, str) else json.dumps(_without_nulls(value), ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + " …"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list | tuple) else value
