"""The commands that need the server's packages: ``serve``, ``worker``, ``doctor``, ``runtime`` and
``languages``."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import psutil
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluator import toolchains
from evaluator.api.server import NotShareable, TracesMissing, WouldBeOpen
from evaluator.api.server import serve as serve_http
from evaluator.api.supervisor import ApiProcessesFailed
from evaluator.cli.errors import BadInput, CommandFailed
from evaluator.engine import ENGINE
from evaluator.languages import Languages
from evaluator.queueing.base import WorkerRefused
from evaluator.runtime import PACKAGES, RuntimeNotMade, make
from evaluator.schema import Isolation, Mechanism
from evaluator.settings import Settings
from sandbox import survey
from sandbox.isolation import IsolationTooWeak, Tier

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
    """Print what this host grants, found by trying. Returns whether the service can start here.

    Raises:
        BadInput: a setting is wrong.
    """
    findings = _findings(_settings({}))
    if as_json:
        print(findings.model_dump_json(indent=2))
    else:
        _show(findings)
    return findings.tier is not None


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


def install_toolchains(names: list[str], prefix: Path | None) -> Iterator[toolchains.Recipe]:
    """Install toolchains, and yield each recipe once it has worked.

    Raises:
        BadInput: a setting is wrong, or there is no recipe of a name.
        CommandFailed: a toolchain could not be installed.
    """
    known = toolchains.recipes()
    if unknown := [name for name in names if name not in known]:
        raise BadInput(f"no recipe for {', '.join(unknown)}; there are {', '.join(known)}")
    to = (prefix or toolchains.prefix_of(_settings({}))).absolute()
    for name in names:
        try:
            toolchains.install(known[name], to)
        except toolchains.NotInstalled as error:
            raise CommandFailed(str(error)) from error
        yield known[name]


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


def _findings(settings: Settings) -> Isolation:
    languages = Languages.probe(settings)
    tiers = survey.tiers(languages.python_runtime())
    order = [tier.value for tier in Tier]
    allowed = order[: order.index(settings.min_isolation) + 1]
    return Isolation(
        engine=ENGINE,
        tier=next((finding.name for finding in tiers if finding.works and finding.name in allowed), None),
        min_isolation=settings.min_isolation,
        tiers=tuple(_mechanism(finding) for finding in tiers),
        mechanisms=tuple(_mechanism(finding) for finding in survey.mechanisms()),
        languages=dict(languages.versions),
        user="root" if os.geteuid() == 0 else f"uid {os.geteuid()}",
        cpus=len(os.sched_getaffinity(0)),
        memory_mb=psutil.virtual_memory().total >> 20,
        kernel=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=languages.python_runtime().python,
        data_dir=str(settings.data_dir),
    )


def _mechanism(finding: survey.Finding) -> Mechanism:
    return Mechanism(name=finding.name, works=finding.works, detail=finding.detail)


def _show(findings: Isolation) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in findings:
        for label, text in _rows(value):
            table.add_row(f"[bold]{name.replace('_', ' ')}[/]", escape(label), text)
            name = ""
    console = Console()
    console.print(table)
    if findings.tier is None:
        console.print(f"[red]no tier from {findings.min_isolation} up works here: the service would not start[/]")


def _rows(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, tuple):
        for mechanism in value:
            mark = "[green]works[/]" if mechanism.works else "[yellow]no[/]"
            yield mechanism.name, f"{mark} {escape(mechanism.detail)}".strip()
    elif isinstance(value, dict):
        yield from ((name, escape(text)) for name, text in value.items())
    else:
        yield "", escape(str(value))
