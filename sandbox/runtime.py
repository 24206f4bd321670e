"""The interpreter under which Python programs run, and the environment of every program."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.execution import SlotFailed

SYSTEM_PREFIX = "/opt/microcoder/languages"
"""Below it root installs toolchains that are newer than the system's (``microcoder languages install``)."""
_prefixes = [SYSTEM_PREFIX]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The interpreter under which Python submissions run.

    ``prefixes`` are the directories it needs; ``warm`` the modules imported before any program; ``modules``
    the sources of more, by their dotted names, each after those that it imports; where one defines ``rehearse``, that
    is called before any program. ``reads`` are what the toolchains of other languages need beside ``ROOT_PATHS``.
    """

    python: str
    prefixes: tuple[str, ...]
    warm: tuple[str, ...] = ()
    modules: Mapping[str, str] | None = None
    reads: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    """The directories of installed packages."""
    only_modules: bool = False
    """All that runs under it are ``modules``, as forks of one process: what that holds is no program's memory."""
    only_executables: bool = False
    """Nothing runs under it: it only starts executables, which are its forks until then."""

    def for_executables(self) -> Runtime:
        """Return the same for programs that no interpreter of ours runs: a start has little to copy then."""
        return replace(self, warm=(), modules=None, only_executables=True)

    def with_library(self, name: str) -> Runtime | None:
        """Return the same with a package imported beforehand; None where it is not installed."""
        if not any(os.path.exists(f"{path}/{name}/__init__.py") for path in self.packages):
            return None
        return replace(self, warm=(*self.warm, name))

    def identity(self) -> str:
        """Name this interpreter together with its packages: a directory is changed by all that is installed in it."""
        changes = (f"{path}:{os.stat(path).st_mtime_ns}" for path in self.packages if os.path.isdir(path))
        return " ".join((self.python, *changes))

    def require_readable(self) -> None:
        """Make sure that other users can read the interpreter where it lies. In a jail without a root of its own a
        program does so, as a user that is nobody here.

        Raises:
            SlotFailed: they cannot.
        """
        for prefix in map(Path, self.prefixes):
            if (closed := closed_directory(prefix)) is not None:
                raise SlotFailed(
                    f"{closed} is closed to other users, so programs cannot use the interpreter in {prefix}; "
                    "choose one that every user may read"
                )


def closed_directory(path: Path) -> Path | None:
    """The directory, if any, that keeps other users from a path."""
    above = (directory for directory in (path, *path.parents) if directory.is_dir())
    return next((directory for directory in above if not directory.stat().st_mode & stat.S_IXOTH), None)


def look_below(prefix: str) -> None:
    """Look for toolchains below a prefix too, before all others. To be called before anything is looked for."""
    if prefix not in _prefixes:
        _prefixes.insert(0, prefix)


def prefixes() -> tuple[str, ...]:
    """The directories that exist below which toolchains are looked for first."""
    return tuple(os.path.realpath(prefix) for prefix in _prefixes if os.path.isdir(prefix))


def environment(box: str) -> dict[str, str]:
    """Return all that a program finds in its environment."""
    return {
        "PATH": ":".join([*(f"{prefix}/bin" for prefix in prefixes()), "/usr/local/bin:/usr/bin:/bin"]),
        "HOME": f"{box}/work",
        "TMPDIR": f"{box}/tmp",
        "LANG": "C.UTF-8",
        # One seed for all: a program's verdict must not depend on the order of a set.
        "PYTHONHASHSEED": "0",
        # Numeric libraries start a thread per core of the host otherwise, and count them all as CPU time.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
