"""The findings of ``microcoder doctor``: what this host grants, found by trying, and how to get what it lacks."""

from __future__ import annotations

import functools
import os
import platform
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import psutil
from rich.table import Table
from rich.text import Text

from evaluator import toolchains
from evaluator.cli.terminal import Terminal, styled
from evaluator.engine import ENGINE
from evaluator.languages import Languages
from evaluator.schema import Isolation, Mechanism
from evaluator.settings import Settings
from sandbox import survey
from sandbox.isolation import Tier

_CONTROL_GROUPS = "cgroup v"
_TIERS = [tier.value for tier in Tier]
"""The strongest first."""


def examine(settings: Settings) -> Isolation:
    """Try everything."""
    languages = Languages.probe(settings)
    tiers = survey.tiers(languages.python_runtime())
    allowed = _TIERS[: _TIERS.index(settings.min_isolation) + 1]
    return Isolation(
        engine=ENGINE,
        tier=next((finding.name for finding in tiers if finding.works and finding.name in allowed), None),
        min_isolation=settings.min_isolation,
        tiers=tuple(_mechanism(finding) for finding in tiers),
        mechanisms=tuple(_mechanism(finding) for finding in survey.mechanisms()),
        languages=dict(languages.versions),
        packages=dict(languages.packages),
        user="root" if os.geteuid() == 0 else f"uid {os.geteuid()}",
        cpus=len(os.sched_getaffinity(0)),
        memory_mb=psutil.virtual_memory().total >> 20,
        kernel=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=languages.python_runtime().python,
        data_dir=str(settings.data_dir),
    )


def _mechanism(finding: survey.Finding) -> Mechanism:
    return Mechanism(name=finding.name, works=finding.works, detail=finding.detail)


def show(findings: Isolation) -> None:
    """Print the findings as a table."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for heading, rows in _sections(findings):
        for label, text in rows:
            table.add_row(styled((heading, "bold")), label, text)
            heading = ""
    terminal = Terminal()
    terminal.print_table(table)
    if findings.tier is None:
        terminal.print(f"no tier from {findings.min_isolation} up works here: the service would not start", style="red")


def warn(sentences: Iterable[str]) -> None:
    """Print each on stderr."""
    for sentence in sentences:
        Terminal(stderr=True).print(styled(("warning:", "yellow"), f" {sentence}"))


def _sections(findings: Isolation) -> Iterator[tuple[str, Iterable[tuple[str, str | Text]]]]:
    for name, value in findings:
        if isinstance(value, tuple):
            yield name, [(each.name, _result(each, findings)) for each in value]
        elif name == "languages":
            yield name, list(value.items())
            yield "not here", list(_ways_to_install(value))
        elif name == "packages":
            yield name, [("", ", ".join(f"{each} {version}" for each, version in value.items()) or "none")]
        else:
            yield name.replace("_", " "), [("", str(value))]


def _result(mechanism: Mechanism, findings: Isolation) -> Text:
    if mechanism.works:
        return styled(("works", "green"), f" {mechanism.detail}")
    if _is_needless(mechanism, findings):
        return styled((f"not needed ({mechanism.detail})", "dim"))
    return styled(("no", "yellow"), f" {mechanism.detail}")


def _is_needless(mechanism: Mechanism, findings: Isolation) -> bool:
    """Tell whether something else that works here does its part: a stronger tier, the other control groups."""
    if mechanism.name.startswith(_CONTROL_GROUPS):
        return any(each.works for each in findings.mechanisms if each.name.startswith(_CONTROL_GROUPS))
    return (
        findings.tier is not None
        and mechanism in findings.tiers
        and _TIERS.index(mechanism.name) > _TIERS.index(findings.tier)
    )


def _ways_to_install(present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each language that is not here, and the command that installs it."""
    recipes = toolchains.recipes()
    for name, packages in debian_packages().items():
        if name not in present:
            ours = f", or newer: microcoder languages install {name}" if name in recipes else ""
            yield name, f"apt-get install {packages}{ours}"


@functools.cache
def debian_packages() -> Mapping[str, str]:
    """Return Debian's packages of each language, as apt-get takes them."""
    table: dict[str, str] = tomllib.loads(Path(__file__).with_name("debian.toml").read_text())
    return table
