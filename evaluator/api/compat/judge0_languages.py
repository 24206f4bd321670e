"""Judge0's languages by its numbers, and ours by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from evaluator.api.compat import shared

LANGUAGES: Mapping[int, str] = {
    46: "bash",
    **dict.fromkeys((48, 49, 50, 103, 104), "c"),
    51: "csharp",
    **dict.fromkeys((52, 53, 54, 105), "cpp17"),
    56: "d",
    57: "elixir",
    59: "fortran",
    **dict.fromkeys((60, 95, 106, 107), "go"),
    61: "haskell",
    **dict.fromkeys((62, 91), "java"),
    **dict.fromkeys((63, 93, 97, 102), "javascript"),
    64: "lua",
    65: "ocaml",
    67: "pascal",
    **dict.fromkeys((68, 98), "php"),
    **dict.fromkeys((71, 92, 100, 109, 113), "python"),
    72: "ruby",
    **dict.fromkeys((73, 108), "rust"),
    **dict.fromkeys((74, 94, 101), "typescript"),
    **dict.fromkeys((78, 111), "kotlin"),
    **dict.fromkeys((80, 99), "r"),
    **dict.fromkeys((81, 112), "scala"),
    82: "sql",
    85: "perl",
}
"""Judge0's numbers, of versions 1.13.1 and 1.14.0."""
_NAMES = {
    **{name: name.capitalize() for name in ("bash", "go", "haskell", "java", "kotlin", "lua", "pascal", "perl")},
    **{name: name.capitalize() for name in ("python", "ruby", "rust", "scala", "d", "elixir")},
    "c": "C",
    "cpp17": "C++",
    "csharp": "C#",
    "fortran": "Fortran",
    "javascript": "JavaScript",
    "ocaml": "OCaml",
    "php": "PHP",
    "r": "R",
    "sql": "SQL",
    "typescript": "TypeScript",
}


def language_json(request: Request, number: int) -> dict[str, Any]:
    """Return a language as Judge0 lists it."""
    name = LANGUAGES[number]
    return {"id": number, "name": f"{_NAMES[name]} ({shared.version_of(request, name)})"}
