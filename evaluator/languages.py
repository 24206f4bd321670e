"""Which languages this host can judge."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from evaluator.errors import ModeNotSupported, UnknownLanguage
from evaluator.runtime import interpreter
from evaluator.schema import LanguageInfo, Mode
from evaluator.settings import Settings
from sandbox.runtime import Runtime
from sandbox.toolchain import Language, canonical, languages, probe, python_runtime

_ANY: frozenset[Mode] = frozenset({"stdio", "interactive"})
_TOGETHER: frozenset[Mode] = _ANY | {"program"}
MODES: Mapping[str, frozenset[Mode]] = {
    "python": _TOGETHER | {"function"},
    **dict.fromkeys(("javascript", "typescript", "java", "cpp", "cpp17"), _TOGETHER | {"function"}),
    "c": _TOGETHER,
}
"""The modes of languages that have more than run a program."""
_PROBES_AT_ONCE = 4


@dataclass(frozen=True)
class Languages:
    """The languages whose toolchains were found to work, each with its version."""

    python: str | None
    versions: Mapping[str, str]

    @classmethod
    def probe(cls, settings: Settings) -> Self:
        """Ask every toolchain of the table for its version.

        Raises:
            OSError, subprocess.SubprocessError: the interpreter for submissions does not start.
        """
        python = interpreter(settings)
        runtime = python_runtime(python)
        names = list(languages())
        with ThreadPoolExecutor(_PROBES_AT_ONCE, "probe") as pool:
            versions = pool.map(lambda name: probe(languages()[name], runtime.python), names)
            found = {name: version for name, version in zip(names, versions, strict=True) if version is not None}
        return cls(python, found)

    def require(self, name: str, mode: Mode = "stdio") -> Language:
        """The language of that name or alias.

        Raises:
            UnknownLanguage: it is not in the table, or its toolchain is not here.
            ModeNotSupported: it has no such mode.
        """
        known = canonical(name)
        if known is None or known not in self.versions:
            raise UnknownLanguage(name, sorted(self.versions))
        if mode not in MODES.get(known, _ANY):
            raise ModeNotSupported(mode, known, sorted(name for name, modes in MODES.items() if mode in modes))
        return languages()[known]

    def python_runtime(self, modules: tuple[tuple[str, str], ...] = ()) -> Runtime:
        """The interpreter for Python submissions, with the sources of modules of ours."""
        return python_runtime(self.python, modules)

    def identity(self, name: str | None) -> str:
        """What tells a language's toolchain from another that may judge otherwise; nothing where there is none."""
        version = self.versions.get(name or "", "")
        return f"{name} {version} {self.python_runtime().identity()}" if name == "python" else f"{name} {version}"

    def infos(self) -> tuple[LanguageInfo, ...]:
        """What ``/v1/languages`` shows."""
        return tuple(
            LanguageInfo(
                name=name,
                aliases=languages()[name].aliases,
                version=version,
                extension=languages()[name].extension,
                compiled=bool(languages()[name].compile),
                modes=tuple(sorted(MODES.get(name, _ANY))),
            )
            for name, version in self.versions.items()
        )
