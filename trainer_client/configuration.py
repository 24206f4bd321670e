"""Configurations: one YAML file, and ``key.sub=value`` over it. Every key is known, or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from evaluator.schema.jsontext import wrong_fields

_Model = TypeVar("_Model", bound=BaseModel)


class BadConfig(ValueError):
    """A configuration, or a data file that it names, is not usable; the message says where and why."""


class Section(BaseModel):
    """A part of a configuration: immutable, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, fields: Any) -> Any:
        if isinstance(fields, dict):
            for name in fields:
                if name not in cls.model_fields:
                    raise ValueError(unknown(str(name), cls.model_fields))
        return fields


def load(model: type[_Model], file: Path, overrides: Sequence[str] = ()) -> _Model:
    """Read a configuration from a YAML file and ``key.sub=value`` arguments, whose values are YAML too.

    Raises:
        BadConfig: the file cannot be read, or a key or a value is wrong.
    """
    try:
        content = _parsed(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise BadConfig(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"{file}: this is not UTF-8 text ({error.reason} at byte {error.start})") from error
    if not isinstance(content, dict):
        raise BadConfig(f"{file}: a configuration is a mapping of keys to values")
    for override in overrides:
        _override(content, override)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        lines = "".join(f"\n  {line}" for line in wrong_fields(error))
        raise BadConfig(f"{file}: not a valid configuration{lines}") from error


def unknown(name: str, known: Iterable[str]) -> str:
    """Make the message for an unknown key."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.0)
    return f"unknown key {name!r}; the nearest known one is {near[0]!r}" if near else f"unknown key {name!r}"


def _override(content: dict[str, Any], override: str) -> None:
    path, sign, text = override.partition("=")
    *sections, name = path.split(".")
    if not sign or not all((*sections, name)):
        raise BadConfig(f"{override!r} is no override: write KEY=VALUE, such as trainer.learning_rate=1e-6")
    inner = content
    for section in sections:
        if not isinstance(inner.get(section), dict):
            inner[section] = {}
        inner = inner[section]
    inner[name] = _parsed(text, override)


def _parsed(text: str, where: str) -> Any:
    import yaml  # of an extra: whoever only reads a section's defaults does without

    try:
        return yaml.load(text, _loader())
    except yaml.YAMLError as error:
        raise BadConfig(f"{where}: not YAML: {error}") from error


@cache
def _loader() -> Any:
    """YAML in which 1e-6 is a number, as in its version 1.2; in 1.1 it is a text."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    number = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+$")
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", number, list("-+.0123456789"))
    return Loader
