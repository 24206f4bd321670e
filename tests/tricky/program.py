"""The tricky programs as data: a header of comments says what to expect, ``suites.json`` how each is judged."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluator.schema import Submission

_HERE = Path(__file__).parent
_HEADER = re.compile(r"(?:#|//) (expect|suite|why|needs): (.*)")
_LANGUAGES = {".py": "python", ".js": "javascript", ".cpp": "cpp"}
_ROOM = {"memory_mb": 256, "output_mb": 1}
_SHORT, _LONG = {"cpu_s": 2, "wall_s": 6}, {"cpu_s": 10, "wall_s": 60}
"""The former for programs that may be too slow. A busy machine takes no other one to a limit of time."""


@dataclass(frozen=True, slots=True)
class Tricky:
    """One program, the verdicts that are right for it, and the suite that it is judged by."""

    name: str
    language: str
    code: str
    expected: frozenset[str]
    why: str
    needs: str | None
    suite: dict[str, Any]

    @property
    def honest(self) -> bool:
        """It must be accepted; of the others none may be."""
        return "accepted" in self.expected

    @property
    def submission(self) -> Submission:
        """As it travels to the service."""
        limits = _ROOM | (_SHORT if "time_limit_exceeded" in self.expected else _LONG)
        return Submission.model_validate(
            {"id": self.name, "code": self.code, "language": self.language, "suite": {"limits": limits, **self.suite}}
        )


def every_program() -> list[Tricky]:
    """All of them, in the order of their names."""
    files = (_HERE / "programs").glob("*/*.*")
    return [_read(path) for path in sorted(files) if path.suffix in _LANGUAGES]


def _read(path: Path) -> Tricky:
    code = path.read_bytes().decode()
    header = dict(match.groups() for match in map(_HEADER.match, code.lstrip("\ufeff").splitlines()[:6]) if match)
    return Tricky(
        name=f"{path.parent.name}/{path.name}",
        language=_LANGUAGES[path.suffix],
        code=code,
        expected=frozenset(header["expect"].split(", ")),
        why=header["why"],
        needs=header.get("needs"),
        suite=_suites()[header["suite"]],
    )


@cache
def _suites() -> dict[str, Any]:
    suites: dict[str, Any] = json.loads((_HERE / "suites.json").read_text())
    return suites
