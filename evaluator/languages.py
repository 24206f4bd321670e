"""The languages that this host can judge."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self

from evaluator.errors import InvalidRequest, ModeNotSupported, UnknownLanguage
from evaluator.runtime import interpreter
from evaluator.schema import LanguageInfo, Mode, Submission
from evaluator.settings import Settings
from evaluator.toolchains import own_prefix
from sandbox.runtime import Runtime, look_below
from sandbox.toolchain import Language, canonical, languages, probe, python_runtime, toolchains_state

_ANY: frozenset[Mode] = frozenset({"stdio", "interactive"})
_TOGETHER: frozenset[Mode] = _ANY | {"program"}
MODES: Mapping[str, frozenset[Mode]] = {
    "python": _TOGETHER | {"function"},
    **dict.fromkeys(("javascript", "typescript", "java", "cpp", "cpp17", "cpp23"), _TOGETHER | {"function"}),
    "c": _TOGETHER,
}
"""The modes of languages that support more than ``stdio`` and ``interactive``."""
_PROBES_AT_ONCE = 4
_DIST_INFO = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)\.dist-info")
"""Name of the directory that an installed package has (the standard "Recording installed projects")."""


def toolchains_state_of(settings: Settings) -> tuple[object, ...] | None:
    """Return a value that changes when other languages or packages may be found than before; None while the
    interpreter for submissions does not start, as while it is being made."""
    look_below(str(own_prefix(settings)))
    try:
        return toolchains_state(interpreter(settings))
    except (OSError, subprocess.SubprocessError):
        return None


def ask_toolchains(settings: Settings) -> None:
    """Ask every toolchain that has not told its version yet, so that workers need not. Where the interpreter for
    submissions does not start, the workers say so."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        Languages.probe(settings)


def missing_packages(packages: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence about each package that Python submissions lack and that many of them import."""
    if "numpy" in packages:
        return ()
    return ("Python submissions have no numpy, so programs that import it fail; `microcoder runtime` installs it",)


def _packages(runtime: Runtime) -> dict[str, str]:
    """Return the packages that lie beside an interpreter, by the names that people type."""
    names = (name for path in runtime.packages if os.path.isdir(path) for name in os.listdir(path))
    matches = filter(None, map(_DIST_INFO.fullmatch, sorted(names, key=str.lower)))
    return {match["name"].lower().replace("_", "-"): match["version"] for match in matches}


@dataclass(frozen=True)
class Languages:
    """The languages whose toolchains work on this host, each with its version."""

    python: str | None
    versions: Mapping[str, str]
    packages: Mapping[str, str] = field(default_factory=dict)
    """Versions of the packages that Python submissions can import, by their names."""

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
        return cls(python, versions_by_name, _packages(runtime))

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
                packages=dict(self.packages) if name == "python" else {},
            )
            for name, version in self.versions.items()
        )
