"""The commands that need the server's packages: ``serve``, ``worker``, ``doctor`` and ``runtime``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from evaluator.api.server import NotShareable, TracesMissing, WouldBeOpen
from evaluator.api.server import serve as serve_http
from evaluator.api.supervisor import ApiProcessesFailed
from evaluator.cli import doctor
from evaluator.cli.errors import BadInput, CommandFailed
from evaluator.queueing.base import WorkerRefused
from evaluator.runtime import PACKAGES, RuntimeNotMade, make
from evaluator.settings import Settings
from sandbox.isolation import IsolationTooWeak

_PREFIX = "MICROCODER_"
_LEAST_LIKENESS = 0.85
"""Of two names, from 0 to 1. The variables of clients and of the compose file are less like any setting."""


def serve(options: dict[str, Any], descriptor: int | None) -> None:
    """Run the service until it is told to stop. ``descriptor`` is a listening socket that was inherited.

    Raises:
        BadInput: a setting is wrong, or the service would be open to a network without keys.
        CommandFailed: it cannot judge on this host.
    """
    try:
        serve_http(_settings(options), descriptor)
    except (WouldBeOpen, NotShareable) as error:
        raise BadInput(str(error)) from error
    except (ApiProcessesFailed, TracesMissing, WorkerRefused, IsolationTooWeak) as error:
        raise CommandFailed(str(error)) from error


def worker(options: dict[str, Any]) -> None:
    """Run programs for services that share a Redis, until it is told to stop.

    Raises:
        BadInput: a setting is wrong, or no Redis is named.
        CommandFailed: it cannot judge on this host.
    """
    settings = _settings(options)
    if settings.redis_url is None:
        raise BadInput("a worker needs a Redis: give --redis-url, or set MICROCODER_REDIS_URL")
    from evaluator.queueing.rq_worker import work  # RQ takes a third of a second to import

    try:
        work(settings, settings.redis_url)
    except IsolationTooWeak as error:
        raise CommandFailed(str(error)) from error


def examine(*, as_json: bool) -> bool:
    """Print what this host grants. Returns whether the service can start here.

    Raises:
        BadInput: a setting is wrong.
    """
    return doctor.examine(_settings({}), as_json=as_json)


def make_runtime(packages: tuple[str, ...], python: str | None) -> Path:
    """Make the environment of Python submissions, or add packages to it. Returns its interpreter.

    Raises:
        BadInput: a setting is wrong.
        CommandFailed: the interpreter does not start, or pip cannot find the packages.
    """
    try:
        return make(_settings({}), packages or PACKAGES, python)
    except RuntimeNotMade as error:
        raise CommandFailed(str(error)) from error


def _settings(options: dict[str, Any]) -> Settings:
    """Return the settings. Options that are not None win over variables."""
    _check_names(os.environ)
    options = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**options)
    except ValidationError as error:
        lines = [f"{_setting(str(e['loc'][0]), options)}: {e['msg']}" for e in error.errors()]
        raise BadInput("\n".join(lines)) from error
    except SettingsError as error:
        name = str(error).split('"')[1]
        raise BadInput(f"{_setting(name, options)}: this is not JSON ({error.__cause__})") from error


def _check_names(variables: Iterable[str]) -> None:
    """Refuse a variable that is almost a setting, which would keep its default without a word."""
    for variable in variables:
        name = variable.upper().removeprefix(_PREFIX).lower()
        if not variable.upper().startswith(_PREFIX) or name in Settings.model_fields:
            continue
        if near := get_close_matches(name, Settings.model_fields, 1, _LEAST_LIKENESS):
            raise BadInput(f"{variable} is no setting: write {_PREFIX}{near[0].upper()}, or unset it")


def _setting(name: str, options: dict[str, Any]) -> str:
    """Name a setting as it was written: as an option or as a variable."""
    return f"--{name.replace('_', '-')}" if name in options else f"{_PREFIX}{name.upper()}"
