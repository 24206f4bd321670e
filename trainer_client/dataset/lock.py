"""The lock of a run, ``config.lock.json``: versions, hashes of the inputs, seeds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.files import RunError, sha256_of, write_whole
from trainer_client.dataset.stage_folder import key_of

LOCK = "config.lock.json"
_PACKAGES = ("microcoder-evaluator", "pyarrow", "zstandard", "ftfy", "scikit-learn", "numpy", "rensa", "pydantic")


class InputHashes:
    """A cache of input files' SHA-256. A file with the same size and time as before is not read again."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = dict(known)
        self.seen: dict[str, dict[str, Any]] = {}

    def of(self, path: Path) -> str:
        """Return the hash of a file, or of a folder's files with their names."""
        if path.is_dir():
            return key_of([[str(file.relative_to(path)), self._of_file(file)] for file in _files(path)])
        return self._of_file(path) if path.exists() else ""

    def _of_file(self, file: Path) -> str:
        name, facts = str(file), file.stat()
        known = self._known.get(name)
        mark = {"bytes": facts.st_size, "changed_ns": facts.st_mtime_ns}
        if known is None or any(known[each] != mark[each] for each in mark):
            known = {"sha256": sha256_of(file), **mark}
        self.seen[name] = known
        return str(self.seen[name]["sha256"])


def _files(folder: Path) -> Iterator[Path]:
    return (each for each in sorted(folder.rglob("*")) if each.is_file())


def settings_of(section: Any, hashes: InputHashes) -> Any:
    """Return a section as JSON, with the hash of its content in place of each path: a file may be moved without
    changing the setting."""
    if isinstance(section, BaseModel):
        return {name: settings_of(getattr(section, name), hashes) for name in type(section).model_fields}
    if isinstance(section, Path):
        return hashes.of(section)
    if isinstance(section, frozenset):
        return sorted(section)
    return [settings_of(each, hashes) for each in section] if isinstance(section, tuple | list) else section


def read_lock(run: Path) -> dict[str, Any]:
    """Return the lock of a run; empty if there is none.

    Raises:
        RunError: it is damaged.
    """
    try:
        content: dict[str, Any] = json.loads((run / LOCK).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise RunError(f"{run / LOCK}: damaged ({error}); remove it, the next run writes it anew") from error
    return content


def write_lock(
    config: DatasetConfig, hashes: InputHashes, stages: Mapping[str, str], engines: list[str]
) -> dict[str, Any]:
    """Write the lock. Return its content."""
    content = {
        "config": config.model_dump(mode="json", exclude={"run", "dataset"}),
        "stages": dict(stages),
        "packages": {name: _version(name) for name in _PACKAGES},
        "engines": engines,
        "inputs": {name: hashes.seen[name] for name in sorted(hashes.seen)},
    }
    write_whole(config.run / LOCK, json.dumps(content, indent=1, default=sorted).encode() + b"\n")
    return content


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
