"""Settings from options and variables. What cannot be used becomes a sentence with the variable and an example."""

from __future__ import annotations

import json
import logging
import os
import shlex
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from evaluator.cli.errors import BadInput
from evaluator.log import configure
from evaluator.settings import Settings

_log = logging.getLogger(__name__)
_PREFIX = "MICROCODER_"
_MISSPELT, _ALIKE = 0.85, 0.6
"""Likeness of two names, from 0 to 1: above the first, a variable is refused as a misspelt setting; above the second,
the warning about it names the setting."""
_OTHER_VARIABLES = frozenset({"url", "api_key", "areal_timeout_s", "publish", "worker_cpus", "worker_memory"})
"""Variables with our prefix that clients and the compose file read."""


def read(options: dict[str, Any]) -> Settings:
    """Return the settings. Options that are not None win over variables.

    Raises:
        BadInput: a value cannot be used, or a variable is almost a setting's.
    """
    _refuse_misspelt(os.environ)
    options = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**options)
    except ValidationError as error:
        lines = [_sentence(str(each["loc"][0]), each["msg"], options) for each in error.errors()]
        raise BadInput("\n".join(lines)) from error
    except SettingsError as error:
        name = str(error).split('"')[1]
        raise BadInput(_sentence(name, f"this is not JSON ({error.__cause__})", options)) from error


def read_and_log(options: dict[str, Any]) -> Settings:
    """Return the settings of a process that logs, and log each variable that is no setting.

    Raises:
        BadInput: a value cannot be used, or a variable is almost a setting's.
    """
    settings = read(options)
    configure(settings.log_level)
    for sentence in unknown_variables(os.environ):
        _log.warning(sentence)
    return settings


def unknown_variables(variables: Iterable[str]) -> Iterator[str]:
    """Yield a sentence about each variable with our prefix that nothing reads."""
    for variable, name in _not_settings(variables):
        near = get_close_matches(name, Settings.model_fields, 1, _ALIKE)
        hint = f"; did you mean {_PREFIX}{near[0].upper()}?" if near else ""
        yield f"{variable} is no setting and has no effect{hint}"


def _refuse_misspelt(variables: Iterable[str]) -> None:
    """Refuse a variable that is almost a setting, which would keep its default."""
    for variable, name in _not_settings(variables):
        if near := get_close_matches(name, Settings.model_fields, 1, _MISSPELT):
            raise BadInput(f"{variable} is no setting: write {_PREFIX}{near[0].upper()}, or unset it")


def _not_settings(variables: Iterable[str]) -> Iterator[tuple[str, str]]:
    for variable in sorted(variables):
        name = variable.upper().removeprefix(_PREFIX).lower()
        if variable.upper().startswith(_PREFIX) and name not in Settings.model_fields.keys() | _OTHER_VARIABLES:
            yield variable, name


def _sentence(name: str, message: str, options: dict[str, Any]) -> str:
    """Say what is wrong with a setting, by the name that it was written with, and show one that works."""
    reason = message.removeprefix("Value error, ").replace("Input should be", "it must be").partition(", unable to")[0]
    if name in options:
        option = f"--{name.replace('_', '-')}"
        return f"{option}: {reason}, for example {option} {_example(name)}"
    variable = f"{_PREFIX}{name.upper()}"
    return f"{variable}: {reason}, for example {variable}={_example(name)}"


def _example(name: str) -> str:
    """Return a value of a setting as a shell takes it."""
    field = Settings.model_fields[name]
    value = field.examples[0] if field.examples else field.get_default(call_default_factory=True)
    return shlex.quote(str(value) if isinstance(value, str | int | float) else json.dumps(value, default=str))
