"""The commands that need the server's packages: ``serve``, ``worker``, ``doctor``, ``runtime`` and
``languages``."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluator import toolchains
from evaluator.api.server import NotShareable, TracesMissing, WouldBeOpen
from evaluator.api.server import serve as serve_http
from evaluator.api.supervisor import ApiProcessesFailed
from evaluator.cli import doctor
from evaluator.cli import settings as cli_settings
from evaluator.cli.errors import BadInput, CommandFailed
from evaluator.languages import missing_packages
from evaluator.queueing.base import RedisRefused, WorkerRefused
from evaluator.runtime import PACKAGES, RuntimeNotMade, make
from sandbox.isolation import IsolationTooWeak

_ADDRESS_UNUSABLE = (errno.EADDRINUSE, errno.EADDRNOTAVAIL)


def serve(options: dict[str, Any], descriptor: int | None) -> None:
    """Run the service until it is told to stop. ``descriptor`` is a listening socket that was inherited.

    Raises:
        BadInput: a setting is wrong, or the service would be open to a network without keys.
        CommandFailed: it cannot judge on this host.
    """
    settings = cli_settings.read_and_log(options)
    try:
        serve_http(settings, descriptor)
    except (WouldBeOpen, NotShareable) as error:
        raise BadInput(str(error)) from error
    except (ApiProcessesFailed, RedisRefused, TracesMissing, WorkerRefused, IsolationTooWeak) as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        if error.errno not in _ADDRESS_UNUSABLE:
            raise
        address = f"{settings.host}:{settings.port}"
        raise CommandFailed(f"{address}: {os.strerror(error.errno)}; choose another --port or --host") from error


def worker(options: dict[str, Any]) -> None:
    """Run programs for services that share a Redis, until it is told to stop.

    Raises:
        BadInput: a setting is wrong, or no Redis is named.
        CommandFailed: it cannot judge on this host, or what answers at Redis's URL cannot be used.
    """
    settings = cli_settings.read_and_log(options)
    if settings.redis_url is None:
        raise BadInput("a worker needs a Redis: give --redis-url, or set MICROCODER_REDIS_URL")
    from evaluator.queueing.rq_worker import work  # RQ takes a third of a second to import

    try:
        work(settings, settings.redis_url)
    except (IsolationTooWeak, RedisRefused) as error:
        raise CommandFailed(str(error)) from error


def examine(*, as_json: bool) -> bool:
    """Print what this host grants, found by trying. Returns whether the service can start here.

    Raises:
        BadInput: a setting is wrong.
    """
    findings = doctor.examine(cli_settings.read({}))
    if as_json:
        print(findings.model_dump_json(indent=2))
    else:
        doctor.show(findings)
        doctor.warn((*missing_packages(findings.packages), *cli_settings.unknown_variables(os.environ)))
    return findings.tier is not None


def make_runtime(packages: tuple[str, ...], python: str | None) -> Path:
    """Make the environment of Python submissions, or add packages to it. Returns its interpreter.

    Raises:
        BadInput: a setting is wrong.
        CommandFailed: the interpreter does not start, or pip cannot find the packages.
    """
    try:
        return make(cli_settings.read({}), packages or PACKAGES, python)
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
    to = (prefix or toolchains.prefix_of(cli_settings.read({}))).absolute()
    for name in names:
        try:
            toolchains.install(known[name], to)
        except toolchains.NotInstalled as error:
            raise CommandFailed(str(error)) from error
        yield known[name]
