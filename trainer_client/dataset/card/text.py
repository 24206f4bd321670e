"""The card as Markdown, with the head that hubs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

import yaml

from trainer_client.dataset.card.facts import MIN_TRIED, Facts, by_size
from trainer_client.dataset.card.plots import CAPTIONS
from trainer_client.dataset.filter.calibration import Reliability
from trainer_client.dataset.stage import RunView

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card_text(facts: Facts, run: RunView, plots: Sequence[str]) -> str:
    """Return the text of README.md."""
    sections = {
        "Where problems went": [*_funnel(run), *_pictures(plots, "funnel")],
        "What is proven": [*_proofs(facts), *_pictures(plots, "kill_rates", "checkers")],
        "Difficulty": [*_difficulty(facts), *_pictures(plots, "difficulty", "reliability", "pass_rates")],
        "Benchmarks": [*_benchmarks(facts, run), *_pictures(plots, "similarity", "dates")],
        "Licences": _table(("licence", "problems"), facts.licenses),
        "Files": [*_files(facts, run), *_pictures(plots, "suites")],
        "Made by": _made_by(run),
    }
    parts = ["\n".join([f"## {title}", "", *lines]) for title, lines in sections.items()]
    return "\n\n".join([_head(facts, run), f"# {run.config.card.title}", _summary(facts), *parts]) + "\n"


def _head(facts: Facts, run: RunView) -> str:
    licenses = {name.lower() for name in facts.licenses}
    size = next((word for limit, word in _SIZES if facts.problems < limit), "n>1M")
    head = {
        "pretty_name": run.config.card.title,
        "license": licenses.pop()
        if len(licenses) == 1 and not any("licenseref" in each for each in licenses)
        else "other",
        "task_categories": ["text-generation"],
        "tags": ["code", "reinforcement-learning"],
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/*.parquet"}]}],
    }
    return f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---"


def _summary(facts: Facts) -> str:
    modes = ", ".join(f"{count} {name}" for name, count in sorted(facts.modes.items()))
    sources = ", ".join(f"{name} ({count})" for name, count in sorted(facts.sources.items()))
    return f"{facts.problems} programming problems with tests ({modes}), from {sources or 'no source'}."


def _funnel(run: RunView) -> Iterator[str]:
    yield from _row("stage", "in", "out", "rejected, by reason")
    yield from _row("---", "---:", "---:", "---")
    for count in run.funnel:
        reasons = ", ".join(f"{reason} {number}" for reason, number in by_size(count.rejections))
        yield from _row(count.name, str(count.problems_in), str(count.problems_out), reasons or "–")
    yield ""
    yield "Every rejected problem has a row with its evidence in the run's `rejected.parquet`."


def _proofs(facts: Facts) -> Iterator[str]:
    names = (
        "reference accepted",
        "second independent solution agrees",
        "same verdict in every repeat",
        "tests complete in the source",
    )
    yield from _table(("of the problems", "count"), {name: facts.proofs[name] for name in names})
    yield ""
    if facts.quarantine:
        apart = ", ".join(f"{name} ({count})" for name, count in sorted(facts.quarantine.items()))
        yield f"Kept, though set apart for: {apart}."
    yield "Outputs that a reference made itself prove nothing about that reference: where no second solution agrees,"
    yield "they rest on the source's word."
    yield ""
    for name, rates in (("wrong programs", facts.program_kill), ("corrupted outputs", facts.output_kill)):
        if rates:
            yield f"- Suites refuse a median of {median(rates):.0%} of {name} ({len(rates)} suites measured)."
    kinds = Counter({f"{kind}, {status}": count for (kind, status), count in facts.checkers.items()})
    yield ""
    yield from _table(("checker, and how it is known", "problems"), kinds)
    yield ""
    yield from _table(("CPU limit", "problems"), facts.limits)


def _difficulty(facts: Facts) -> Iterator[str]:
    if facts.predictors:
        yield f"Scores from 1 (easy) to 5 (hard), by {', '.join(sorted(facts.predictors))}."
    if not facts.pass_rates:
        yield "No model's pass rates are known: scores are not calibrated, and nothing was selected by them."
    elif facts.reliability is None:
        yield f"Pass rates of {facts.model} are known for {len(facts.pass_rates)} problems."
        yield f"Saying how good predictions are takes {MIN_TRIED} that were calibrated."
    else:
        yield from _reliability(facts.model, facts.reliability)


def _reliability(model: str, reliability: Reliability) -> Iterator[str]:
    yield f"Calibrated by pass rates of {model} on {reliability.problems} problems. Out of fold:"
    yield ""
    yield f"- expected calibration error {reliability.ece:.3f}"
    yield f"- Brier score {reliability.brier:.4f}; that of the base rate {reliability.brier_base:.4f}"
    yield f"- gain {reliability.gain:.4f} (95 %: {reliability.gain_low:.4f} to {reliability.gain_high:.4f})"
    yield ""
    if reliability.beats_base_rate:
        yield "**The predictions beat the base rate.**"
    else:
        yield "**The predictions do not beat the base rate: the score says nothing certain about this model.**"


def _benchmarks(facts: Facts, run: RunView) -> Iterator[str]:
    settings = run.config.decontaminate
    if not settings.benchmarks:
        yield "**No benchmark was named: nothing was kept out.**"
        return
    names = ", ".join(each.name or each.format for each in settings.benchmarks)
    out = sum(sum(count.rejections.values()) for count in run.funnel if count.name == "decontaminate")
    yield f"Kept out: {names}; {out} problems rejected."
    yield f"Compared: texts word for word and by {settings.ngram_words}-grams both ways (threshold {settings.share:g});"
    yield f"solutions: {_yes(settings.solutions)}; behaviour: {_yes(settings.behaviour)}."
    yield "A translation, or a retelling without the same tests, is not found."
    if facts.max16:
        yield f"The nearest that is left shares {max(facts.max16):.2f}."


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _files(facts: Facts, run: RunView) -> Iterator[str]:
    total = sum(facts.suite_bytes)
    largest = max(facts.suite_bytes, default=0)
    yield "- `data/part-*.parquet`: all columns; tests by `suite_id`."
    yield f"- `suites/`: the tests, {_bytes(total)} before compression; the largest {_bytes(largest)};"
    yield f"  a median of {median(facts.tests or [0]):.0f} tests."
    yield f"- `export/`: {', '.join(run.config.export.formats)}. Suites above {run.config.export.inline_kb} KiB go by"
    yield "  `suite_id`: `microcoder dataset push-suites .` uploads them to your service."
    yield "- `manifest.json`: hash and size of every file."


def _made_by(run: RunView) -> Iterator[str]:
    yield from ["```sh", str(run.lock.get("command") or "microcoder dataset run"), "```", ""]
    versions = run.lock.get("packages") or {}
    if versions:
        yield "With " + ", ".join(f"{name} {version}" for name, version in sorted(versions.items())) + "."
    yield ""
    yield f"SHA-256 over all files but this card and its plots: `{run.files_sha256}`."


def _pictures(plots: Sequence[str], *names: str) -> Iterator[str]:
    for name in names:
        if name in plots:
            yield from ["", f"![{CAPTIONS[name]}](plots/{name}.png)"]


def _table(head: tuple[str, str], counts: Mapping[str, int]) -> Iterator[str]:
    yield from _row(*head)
    yield from _row("---", "---:")
    for name, count in by_size(counts):
        yield from _row(name, str(count))


def _row(*cells: str) -> Iterator[str]:
    yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _bytes(count: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError
