"""YAML files of packages, which strangers wrote: bounded, and of plain values."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from trainer_client.packages.files import PackageFault, PackageFiles

_MAX_BYTES = 4 << 20
_MAX_VALUES = 500_000


def read_yaml(files: PackageFiles, name: str) -> dict[str, Any]:
    """Return the mapping in a file, an empty one if the file is empty.

    Raises:
        PackageFault: it is missing, too large, or no mapping.
    """
    text = files.text(name)
    if len(text) > _MAX_BYTES:
        raise PackageFault(f"{files.where}/{name}: is larger than {_MAX_BYTES >> 20} MiB")
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise PackageFault(f"{files.where}/{name}: not YAML: {' '.join(str(error).split())}") from error
    _require_bounded(value, f"{files.where}/{name}")
    return mapping(value, f"{files.where}/{name}")


def mapping(value: Any, where: str) -> dict[str, Any]:
    """Return a value that has to be a mapping; an empty one if it is absent.

    Raises:
        PackageFault: it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PackageFault(f"{where}: must be a mapping, not {str(value)[:60]!r}")
    return {str(key): each for key, each in value.items()}


def words(value: Any, where: str) -> list[str]:
    """Return a list of words: as a sequence, or as a text that a shell would split.

    Raises:
        PackageFault: it is something else.
    """
    if value is None:
        return []
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, bool | dict):
        raise PackageFault(f"{where}: must be words, not {value!r}"[:200])
    try:
        return shlex.split(str(value))
    except ValueError as error:
        raise PackageFault(f"{where}: cannot be split into words: {error}") from error


def number(value: Any, where: str) -> float | None:
    """Return a number, None if it is absent.

    Raises:
        PackageFault: it is something else.
    """
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise PackageFault(f"{where}: must be a number, not {str(value)[:60]!r}") from error


def _require_bounded(value: Any, where: str) -> None:
    """Refuse a value whose references to its own parts make it endless, or far larger than its text."""
    pending, count = [value], 0
    while pending:
        each = pending.pop()
        count += 1
        if count > _MAX_VALUES:
            raise PackageFault(f"{where}: has more than {_MAX_VALUES} values")
        pending += [*each, *each.values()] if isinstance(each, Mapping) else each if isinstance(each, list) else ()
