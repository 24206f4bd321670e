"""The files of one program: one main source, and others beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Self

from sandbox.toolchain import Language

_WITH_INCLUDES = ("c", "cpp")


@dataclass(frozen=True, slots=True)
class Sources:
    """``main`` becomes the file that the language's commands name; ``others`` lie beside it under their own names, and
    those of ``units`` are compiled with it."""

    main: bytes
    others: Mapping[str, bytes] = field(default_factory=dict)
    units: tuple[str, ...] = ()

    @classmethod
    def of(cls, language: Language, code: str | None, files: Mapping[str, str]) -> Self:
        """One text, or several files. The main one is that which has the name that the language expects, else the first
        of its kind. Where the language has units, all of them belong to the program, but those that others include."""
        if code is not None:
            return cls(code.encode("utf-8", "surrogatepass"))
        return cls.of_texts(language, {name: text.encode("utf-8", "surrogatepass") for name, text in files.items()})

    @classmethod
    def of_texts(cls, language: Language, texts: Mapping[str, bytes]) -> Self:
        """Several files, the main one chosen as in ``of``."""
        endings = language.units or (f".{language.extension}",)
        own = [name for name in texts if PurePosixPath(name).suffix in endings and not _is_included(name, texts)]
        main = next((name for name in own if name == language.source), next(iter(own), next(iter(texts))))
        units = tuple(name for name in own if name != main) if language.units else ()
        if language.extension in _WITH_INCLUDES and "/" in main:  # what it includes lies beside it, in its folder
            return cls(f'#include "{main}"\n'.encode(), texts, units)
        return cls(texts[main], {name: data for name, data in texts.items() if name != main}, units)

    @classmethod
    def joined(cls, language: Language, files: Mapping[str, str]) -> Self:
        """Translation units of C or C++ as one, which includes them all: for those who can name one source alone."""
        texts = {_aside(name, language): text.encode("utf-8", "surrogatepass") for name, text in files.items()}
        return cls("".join(f'#include "{name}"\n' for name in texts).encode(), texts)

    def beside(self, files: Mapping[str, bytes]) -> Self:
        """Return these with more files, where there are none of that name."""
        return type(self)(self.main, {**files, **self.others}, self.units)

    @property
    def parts(self) -> tuple[bytes, ...]:
        """Everything that tells these files from others."""
        named = (part for name, data in sorted(self.others.items()) for part in (name.encode(), data))
        return (self.main, *(unit.encode() for unit in self.units), *named)

    def mention(self, text: bytes) -> bool:
        """Return whether any of the files holds a text."""
        return any(text in data for data in (self.main, *self.others.values()))


def _is_included(name: str, texts: Mapping[str, bytes]) -> bool:
    """Return whether a C or C++ file is part of another one."""
    pattern = re.compile(
        rb'^[ \t]*#[ \t]*include[ \t]*"(?:[^"\n]*/)?%b"' % re.escape(PurePosixPath(name).name.encode()), re.M
    )
    return any(pattern.search(text) is not None for other, text in texts.items() if other != name)


def _aside(name: str, language: Language) -> str:
    """A unit that has the main file's name gives way to the file that includes all."""
    return f"unit_{name}" if name == language.source else name
