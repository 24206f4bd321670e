"""The files of one program: one main source, and others beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Self

from sandbox.toolchain import Language

_UNITS = {".c", ".cc", ".cpp", ".cxx", ".c++"}


@dataclass(frozen=True, slots=True)
class Sources:
    """``main`` becomes the file that the language's commands name; ``others`` lie beside it under their own names."""

    main: bytes
    others: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, language: Language, code: str | None, files: Mapping[str, str]) -> Self:
        """One text, or several files. In C and C++ every translation unit belongs to the program; elsewhere the main
        one is that which has the name that the language expects, else the first of its kind."""
        if code is not None:
            return cls(code.encode("utf-8", "surrogatepass"))
        texts = {name: text.encode("utf-8", "surrogatepass") for name, text in files.items()}
        if language.extension in ("c", "cpp"):
            units = [name for name in texts if PurePosixPath(name).suffix in _UNITS]
            clashing = [name for name in units if name == language.source]
            included = "".join(f'#include "{_aside(name, language)}"\n' for name in units)
            renamed = {_aside(name, language): data for name, data in texts.items()}
            return cls(texts[units[0]], texts) if len(units) == len(clashing) == 1 else cls(included.encode(), renamed)
        main = next(
            (name for name in texts if name == language.source),
            next((name for name in texts if name.endswith(f".{language.extension}")), next(iter(texts))),
        )
        return cls(texts[main], {name: data for name, data in texts.items() if name != main})

    def beside(self, files: Mapping[str, bytes]) -> Self:
        """With more files, where there are none of that name."""
        return type(self)(self.main, {**files, **self.others})

    def mention(self, text: bytes) -> bool:
        """Return whether any of the files holds a text."""
        return any(text in data for data in (self.main, *self.others.values()))


def _aside(name: str, language: Language) -> str:
    """A unit that has the main file's name gives way to the file that includes all."""
    return f"unit_{name}" if name == language.source else name
