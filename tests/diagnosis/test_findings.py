"""The page's table of findings, rules and figures names what there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from trainer_client.diagnosis import metrics, stages, table
from trainer_client.diagnosis.alarms import RULES, Level
from trainer_client.diagnosis.metrics import StepMetrics
from trainer_client.diagnosis.monitor import TrainingMonitor
from trainer_client.grpo import controller, mask, presets, temperature

PAGE = (Path(__file__).parents[2] / "docs" / "diagnose.md").read_text()
FIELDS = {field.name for field in fields(StepMetrics)}
DEFAULTS = (metrics, stages, controller, mask, presets, temperature, TrainingMonitor)


def findings() -> dict[int, str]:
    section = PAGE.split("<!-- findings -->")[1].split("<!-- /findings -->")[0]
    return {int(number): rest for number, rest in re.findall(r"^\| (\d+) \|.*\| (.+?) \|$", section, re.MULTILINE)}


def test_all_thirty_four_findings_have_become_something() -> None:
    assert sorted(findings()) == list(range(1, 35))
    for number, text in findings().items():
        names = set(re.findall(r"`(\w+)`", text))
        unknown = {name for name in names if not _exists(name)}
        assert unknown == set(), number
        assert names or "configuration" in text, number


def _exists(name: str) -> bool:
    rules = {rule.name for rule in RULES}
    return name in FIELDS or name in rules or any(hasattr(place, name) for place in DEFAULTS)


def test_each_rule_stands_with_the_findings_that_it_names_and_in_the_table_of_alarms() -> None:
    for rule in RULES:
        assert set(rule.insights) == {n for n, text in findings().items() if f"`{rule.name}`" in text}, rule.name
        note = " (note)" if rule.level is Level.NOTE else ""
        assert f"\n| `{rule.name}`{note} |" in PAGE


def test_every_curve_shows_a_figure_and_names_rules() -> None:
    rules = {rule.name for rule in RULES}
    assert {curve.name for curve in table.CURVES} <= FIELDS
    assert {name for curve in table.CURVES for name in curve.rules} <= rules
