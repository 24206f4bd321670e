"""A run as one HTML page: alarms, a curve for each figure, the last step's values. It loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from trainer_client.diagnosis.metrics import StepMetrics
from trainer_client.diagnosis.monitor import RaisedAlarm, TrainingMonitor
from trainer_client.diagnosis.table import CURVES, Curve, row_of

WIDTH, HEIGHT, MARGIN = 420, 130, 8
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1320px; margin: 2rem auto; padding: 0 1rem }
h1, h2 { font-weight: 600 } figure { margin: 0 } figcaption { font-size: 13px }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(400px, 1fr)); gap: 1.2rem }
svg { width: 100%; border: 1px solid #9994 } polyline { fill: none; stroke: #c4471a; stroke-width: 1.5 }
.interval { fill: #c4471a22 } .band { fill: #2a7a2a1c } .zero { fill: #999 }
.alarm-line { stroke: #b00020; stroke-dasharray: 3 3 }
table { border-collapse: collapse } td, th { padding: 2px 10px; border-bottom: 1px solid #9994; text-align: left }
.alarm { color: #b00020; font-weight: 600 } .note { color: #8a6d00 }
@media (prefers-color-scheme: dark) { body { background: #16181c; color: #e6e6e6 } .alarm { color: #ff6b7f }
  .note { color: #e0bf4a } }
"""


def page(monitor: TrainingMonitor, title: str) -> str:
    """Return the page of a run."""
    history = monitor.history
    steps = f"{len(history)} steps, {history[0].step} to {history[-1].step}" if history else "no steps"
    figures = "".join(_figure(curve, monitor) for curve in CURVES if _values(curve, history))
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n<p>{steps}.</p>\n"
        f"<h2>Alarms</h2>\n{_alarms(monitor.alarms)}\n<h2>Figures</h2>\n"
        f'<div class="curves">\n{figures}</div>\n{_verdicts(history)}{_last(history)}</body></html>\n'
    )


def _alarms(alarms: Sequence[RaisedAlarm]) -> str:
    if not alarms:
        return "<p>None.</p>"
    rows = "".join(
        f'<tr><td>{alarm.step}</td><td class="{alarm.level}">{escape(alarm.rule)}</td><td>{escape(alarm.message)}</td>'
        f"<td>{escape(alarm.advice)}</td></tr>\n"
        for alarm in alarms
    )
    return f"<table><tr><th>step</th><th>rule</th><th>what is wrong</th><th>what to do</th></tr>\n{rows}</table>"


@dataclass(frozen=True, slots=True)
class _Scale:
    """The places of steps and values in a drawing."""

    first: int
    last: int
    low: float
    high: float

    def x(self, step: float) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * (step - self.first) / max(self.last - self.first, 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * min(max(share, 0.0), 1.0)

    def points(self, values: Sequence[tuple[int, float]]) -> str:
        return " ".join(f"{self.x(step):.1f},{self.y(value):.1f}" for step, value in values)


def _values(curve: Curve, history: Sequence[StepMetrics]) -> list[tuple[int, float]]:
    return [(step.step, value) for step in history if (value := getattr(step, curve.name)) is not None]


def _figure(curve: Curve, monitor: TrainingMonitor) -> str:
    values = _values(curve, monitor.history)
    low, high = min(value for _, value in values), max(value for _, value in values)
    if curve.is_share:
        low, high = 0.0, 1.0
    scale = _Scale(values[0][0], values[-1][0], low, high if high > low else low + 1.0)
    marks = "".join(
        f'<line class="alarm-line" x1="{scale.x(alarm.step):.1f}" x2="{scale.x(alarm.step):.1f}" y1="0" y2="{HEIGHT}"/>'
        for alarm in monitor.alarms
        if alarm.rule in curve.rules
    )
    zero = _rectangle("zero", scale, 0.0, 0.0) if scale.low < 0 < scale.high else ""
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(curve.title)}">'
        f"{_interval(curve, monitor, scale)}{zero}{marks}"
        f'<polyline points="{scale.points(values)}"/></svg>'
        f"<figcaption>{escape(curve.title)}: last {values[-1][1]:.3g}, {low:.3g} to {high:.3g}</figcaption></figure>\n"
    )


def _interval(curve: Curve, monitor: TrainingMonitor, scale: _Scale) -> str:
    """Draw diversity's convergence band, and its interval."""
    if curve.name != "diversity":
        return ""
    known = [step for step in monitor.history if step.diversity_low is not None and step.diversity_high is not None]
    edge = [(step.step, step.diversity_high or 0.0) for step in known]
    edge += [(step.step, step.diversity_low or 0.0) for step in reversed(known)]
    interval = f'<polygon class="interval" points="{scale.points(edge)}"/>' if known else ""
    return _rectangle("band", scale, *monitor.facts.band) + interval


def _rectangle(name: str, scale: _Scale, low: float, high: float) -> str:
    top, height = scale.y(high), max(scale.y(low) - scale.y(high), 0.5)
    return f'<rect class="{name}" x="0" y="{top:.1f}" width="{WIDTH}" height="{height:.1f}"/>'


def _verdicts(history: Sequence[StepMetrics]) -> str:
    """Show the mix of verdicts in ten parts of the run."""
    known = [step for step in history if step.verdicts]
    if not known:
        return ""
    names = sorted({name for step in known for name in step.verdicts})
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = []
    for _, part in groupby(enumerate(known), lambda each: 10 * each[0] // len(known)):
        steps = [step for _, step in part]
        cells = "".join(
            f"<td>{sum(step.verdicts.get(name, 0) for step in steps) / len(steps):.1%}</td>" for name in names
        )
        rows.append(f"<tr><td>{steps[0].step} to {steps[-1].step}</td>{cells}</tr>\n")
    return f"<h2>Verdicts</h2>\n<table><tr><th>steps</th>{head}</tr>\n{''.join(rows)}</table>\n"


def _last(history: Sequence[StepMetrics]) -> str:
    if not history:
        return ""
    cells = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>\n" for name, value in row_of(history[-1])
    )
    return f"<h2>The last step</h2>\n<table>{cells}</table>\n"
