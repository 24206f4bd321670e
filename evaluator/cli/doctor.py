"""``microcoder doctor``: what this host grants, found by trying."""

from __future__ import annotations

import json
import os
import platform
from typing import Any

import psutil
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluator.grading.report import ENGINE
from evaluator.languages import Languages
from evaluator.settings import Settings
from sandbox.isolation import Tier
from sandbox.kernel import landlock, seccomp
from sandbox.kernel.cgroups import new_group
from sandbox.slot import Slot, SlotFailed

_GROUPS = {
    0: "none: memory and CPU time are sampled",
    1: "version 1: memory, pids and cpuacct of the whole tree",
}


def examine(settings: Settings, *, as_json: bool) -> bool:
    """Print what was found. Returns whether the service can start here."""
    findings = _findings(settings)
    if as_json:
        print(json.dumps(findings, indent=2))
    else:
        _show(findings)
    return findings["tier"] is not None


def _findings(settings: Settings) -> dict[str, Any]:
    languages = Languages.probe(settings)
    tiers = {tier.value: _try_tier(tier, languages) for tier in Tier}
    order = [tier.value for tier in Tier]
    allowed = order[: order.index(settings.min_isolation) + 1]
    group = new_group()
    group.close()
    return {
        "engine": ENGINE,
        "tier": next((tier for tier in allowed if tiers[tier] is None), None),
        "min_isolation": settings.min_isolation,
        "tiers": {tier: refused or "works" for tier, refused in tiers.items()},
        "seccomp": "works" if seccomp.available() else "missing",
        "landlock": f"level {landlock.abi()}" if landlock.abi() else "missing",
        "cgroups": _GROUPS[group.version],
        "user": "root" if os.geteuid() == 0 else f"uid {os.geteuid()}",
        "languages": dict(languages.versions),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_mb": psutil.virtual_memory().total >> 20,
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": languages.python_runtime().python,
        "data_dir": str(settings.data_dir),
    }


def _try_tier(tier: Tier, languages: Languages) -> str | None:
    """Run a program in that tier. None when it worked, else what refused."""
    try:
        Slot(tier, languages.python_runtime()).close()
    except SlotFailed as error:
        return str(error)
    return None


def _show(findings: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in findings.items():
        for label, text in value.items() if isinstance(value, dict) else (("", value),):
            table.add_row(f"[bold]{name.replace('_', ' ')}[/]", escape(label), escape(str(text)))
    console = Console()
    console.print(table)
    if findings["tier"] is None:
        console.print(f"[red]no tier from {findings['min_isolation']} up works here: the service would not start[/]")
