"""The languages that this host can judge."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from evaluator.errors import InvalidRequest, ModeNotSupported, UnknownLanguage
from evaluator.runtime import interpreter
from evaluator.schema import LanguageInfo, Mode, Submission
from evaluator.settings import Settings
from evaluator.toolchains import own_prefix
from sandbox.runtime import Runtime, look_below
from sandbox.toolchain import Language, canonical, languages, probe, python_runtime

_ANY: frozenset[Mode] = frozenset({"stdio", "interactive"})
_TOGETHER: frozenset[Mode] = _ANY | {"program"}
MODES: Mapping[str, frozenset[Mode]] = {
    "python": _TOGETHER | {"function"},
    **dict.fromkeys(("javascript", "typescript", "java", "cpp", "cpp17", "cpp23"), _TOGETHER | {"function"}),
    "c": _TOGETHER,
}
"""The modes of languages that support more than ``stdio`` and ``interactive``."""
_PROBES_AT_ONCE = 4


@dataclass(frozen=True)
class Languages:
    """The languages whose toolchains work on this host, each with its version."""

    python: str | None
    versions: Mapping[str, str]

    @classmethod
    def probe(cls, settings: Settings) -> Self:
        """Ask every toolchain of the table for its version.

        Raises:
            OSError, subprocess.SubprocessError: the interpreter for submissions does not start.
        """
        look_below(str(own_prefix(settings)))
        python = interpreter(settings)
        runtime = python_runtime(python)
        names = list(languages())
        with ThreadPoolExecutor(_PROBES_AT_ONCE, "probe") as pool:
            versions = pool.map(lambda name: probe(languages()[name], runtime.python), names)
            versions_by_name = {
                name: version for name, version in zip(names, versions, strict=True) if version is not None
            }
        return cls(python, versions_by_name)

    def require(self, name: str, mode: Mode = "stdio") -> Language:
        """Return the language with this name or alias.

        Raises:
            UnknownLanguage: it is not in the table, or its toolchain does not work here.
            ModeNotSupported: it does not support this mode.
        """
        known = canonical(name)
        if known is None or known not in self.versions:
            raise UnknownLanguage(name, sorted(self.versions))
        if mode not in MODES.get(known, _ANY):
            raise ModeNotSupported(mode, known, sorted(name for name, modes in MODES.items() if mode in modes))
        return languages()[known]

    def of_submission(self, submission: Submission, mode: Mode) -> Language:
        """Return the language of a submission to a suite of that mode.

        Raises:
            as ``require``
            InvalidRequest: it has several files, and that mode takes one program.
        """
        if submission.files and mode not in _ANY:
            raise InvalidRequest(f'files: mode "{mode}" takes one program; give it as "code"')
        return self.require(submission.language, mode)

    def python_runtime(self, modules: tuple[tuple[str, str], ...] = ()) -> Runtime:
        """Return the runtime of Python submissions: their interpreter, with the sources of our modules to load."""
        return python_runtime(self.python, modules)

    def identity(self, name: str | None) -> str:
        """Return a name of a language's toolchain. It changes with everything that may change a verdict."""
        version = self.versions.get(name or "", "")
        return f"{name} {version} {self.python_runtime().identity()}" if name == "python" else f"{name} {version}"

    def infos(self) -> tuple[LanguageInfo, ...]:
        """Return the entries of ``/v1/languages``."""
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
