"""``microcoder doctor``: what this host grants, found by trying."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator

import psutil
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluator.engine import ENGINE
from evaluator.languages import Languages
from evaluator.schema import Isolation, Mechanism
from evaluator.settings import Settings
from sandbox import survey
from sandbox.isolation import Tier


def examine(settings: Settings, *, as_json: bool) -> bool:
    """Print what was found. Returns whether the service can start here."""
    findings = _findings(settings)
    if as_json:
        print(findings.model_dump_json(indent=2))
    else:
        _show(findings)
    return findings.tier is not None


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
