"""Configurations for the hostile programs: tiers, as root and as a plain user, on this host and as in a container."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import evaluator
import sandbox
from sandbox.isolation import Tier
from tests.hostile.host import Ours, Snapshot, spare_uids
from tests.hostile.program import every_program

HERE = Path(__file__).parent
PYTHON = "/usr/bin/python3"
_COMPILED, _COMPILED_AND_HELPER = shutil.ignore_patterns("__pycache__"), shutil.ignore_patterns("__pycache__", "*.so")
_TIMEOUT_S = 1800
_PLAIN_UID = 1_600_000_000
"""Plus our process number: a user of nobody else's, not even of another run of these tests."""


@dataclass(frozen=True)
class Configuration:
    """One way in which the service may be running."""

    name: str
    tier: Tier
    contained: bool = False
    plain: bool = False
    native: bool = True
    """With the zygote's helper in C."""

    @property
    def places(self) -> tuple[str, ...]:
        """The names by which a program's header speaks of it, the most special first."""
        return (self.name, self.tier.value)

    @property
    def uid(self) -> int:
        return _PLAIN_UID + os.getpid() if self.plain else 0


CONFIGURATIONS = (
    Configuration("namespaces-root", Tier.NAMESPACES),
    Configuration("namespaces-without-helper", Tier.NAMESPACES, native=False),
    Configuration("namespaces-user", Tier.NAMESPACES, plain=True),
    Configuration("landlock-root", Tier.LANDLOCK),
    Configuration("container-root", Tier.LANDLOCK, contained=True),
    Configuration("container-user", Tier.LANDLOCK, contained=True, plain=True),
    Configuration("process-root", Tier.PROCESS),
)


@dataclass(frozen=True)
class Outcome:
    """The results of one configuration: why it was refused, or a result for each program, and what is left."""

    refused: str | None
    results: dict[str, dict[str, Any]]
    traces: list[str]
    errors: str


def run(configuration: Configuration, chosen: Collection[str]) -> Outcome:
    """Run those of the chosen programs that say something about a configuration, in a process of its own."""
    names = [p.name for p in every_program() if p.name in chosen and p.skip_reason(configuration.places) is None]
    directory = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        order = _prepare(directory, configuration)
        with _started(directory, configuration, names) as runner:
            ours = _seen_from_here(runner.pid, order, configuration)
            before = Snapshot.take(ours).of_nobody()
            out, err = runner.communicate(json.dumps(order), timeout=_TIMEOUT_S)
        traces = replace(before, groups=frozenset()).traces(Snapshot.take(ours).of_nobody())
    finally:
        shutil.rmtree(directory)
    lines = [json.loads(line) for line in out.splitlines()]
    refused = next((line["refused"] for line in lines if "refused" in line), None)
    results = {line["name"]: line for line in lines if "name" in line}
    errors = f"exit code {runner.returncode}: {err[-4000:]}" if runner.returncode else ""
    return Outcome(refused, results, traces, errors)


def _prepare(directory: Path, configuration: Configuration) -> dict[str, Any]:
    """Copies that a plain user can read, and a canary that file modes do not protect."""
    directory.chmod(0o755)
    left_out = _COMPILED if configuration.native else _COMPILED_AND_HELPER
    for package in (sandbox, evaluator):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, directory / "code" / source.name, ignore=left_out)
    for source in (HERE, HERE.parent / "sandbox"):
        shutil.copytree(source, directory / "code" / "tests" / source.name, ignore=_COMPILED)
    mark, other_half = secrets.token_hex(8), secrets.token_hex(8)
    for name in ("canary", "data"):
        (directory / name).mkdir()
        (directory / name).chmod(0o777)
    canary = directory / "canary" / "canary"
    canary.write_text(mark + other_half)
    canary.chmod(0o666)
    for path in (canary, canary.parent, directory / "data"):
        os.chown(path, configuration.uid, configuration.uid)
    return {
        "tier": configuration.tier.value,
        "python": None if configuration.name == "namespaces-root" else PYTHON,
        "uid": configuration.uid,
        "mark": mark,
        "other_half": other_half,
        "directory": str(directory),
    }


def _started(directory: Path, configuration: Configuration, names: list[str]) -> subprocess.Popen[str]:
    """The runner, waiting for its order."""
    launcher = [sys.executable, "-m", "tests.sandbox.docker_like", "0"] if configuration.contained else []
    return subprocess.Popen(
        [*launcher, sys.executable, "-m", "tests.hostile.runner", *names],
        cwd=directory / "code",
        env={**os.environ, "PYTHONPATH": str(directory / "code"), "PYTHONDONTWRITEBYTECODE": "1", **_secret(directory)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _secret(directory: Path) -> dict[str, str]:
    """Texts that must not be seen in any output, where a service may well have its own."""
    return {"HOSTILE_SECRET": (directory / "canary" / "canary").read_text()}


def _seen_from_here(runner: int, order: dict[str, Any], configuration: Configuration) -> Ours:
    """This process has no jail: what is looked at is the mark, the canary, the runner's groups and users."""
    return Ours(
        uids=frozenset({configuration.uid} - {0}) or spare_uids(runner),
        mark=order["mark"],
        canary=Path(order["directory"], "canary"),
        runner=runner,
        box=None,
    )
