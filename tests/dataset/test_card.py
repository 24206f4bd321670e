"""The card says what a run came to, and what it does not know."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.dataset.problem_set import leetcode_row, write_rows
from tests.dataset.values import context, varied, view
from trainer_client.dataset.card import CardOutput
from trainer_client.dataset.config import CardConfig
from trainer_client.dataset.filter import FilterStage
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.stage import RunView

ALL_PLOTS = {
    "funnel", "difficulty", "reliability", "pass_rates", "kill_rates", "checkers", "dates", "similarity", "suites",
}  # fmt: skip


def varied_run(folder: Path) -> RunView:
    """A run with everything that a card shows."""
    file = write_rows(folder / "later.jsonl", [leetcode_row(each) for each in range(3)])
    benchmarks = {"benchmarks": [{"format": "leetcodedataset", "files": [str(file)], "name": "later set"}]}
    settings = {"band": (0.2, 0.8), "easy_quota": 0.2}
    outcomes = list(FilterStage().apply_all(varied(300), context(folder, filter=settings)))
    kept = sorted((each for each in outcomes if isinstance(each, Problem)), key=lambda each: each.id)
    rejected = [each for each in outcomes if isinstance(each, Rejection)]
    return view(kept, folder, rejected, decontaminate=benchmarks, filter=settings)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card")
    CardOutput().write(varied_run(folder), folder)
    return folder


def written(run: RunView, folder: Path) -> str:
    """The card without plots, which take most of the time."""
    quiet = replace(run, config=run.config.model_copy(update={"card": CardConfig(plots=False)}))
    CardOutput().write(quiet, folder)
    return (folder / "README.md").read_text()


def test_every_picture_is_drawn_and_shown(card: Path) -> None:
    drawn = {file.stem for file in (card / "plots").glob("*.png")}
    shown = set(re.findall(r"\(plots/(\w+)\.png\)", (card / "README.md").read_text()))
    assert drawn == ALL_PLOTS == shown


@pytest.mark.matrix
def test_equal_runs_have_equal_cards(card: Path, tmp_path: Path) -> None:
    CardOutput().write(varied_run(tmp_path), tmp_path)
    one, two = ({f.name: f.read_bytes() for f in each.glob("**/*.[pm][nd]*")} for each in (card, tmp_path))
    assert one == two


def test_the_head_is_what_hubs_read(card: Path) -> None:
    head = yaml.safe_load((card / "README.md").read_text().split("---\n")[1])
    assert head["license"] == "other"  # several, and unknown ones
    assert head["size_categories"] == ["n<1K"]
    assert head["configs"][0]["data_files"] == [{"split": "train", "path": "data/*.parquet"}]


def test_the_funnel_adds_up(card: Path) -> None:
    text = (card / "README.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (.*) \|$", text, re.MULTILINE)
    assert [row[0] for row in rows] == ["collect", "process", "verify", "deduplicate", "decontaminate", "filter"]
    for _, before, after, reasons in rows:
        assert int(before) - int(after) == sum(map(int, re.findall(r" (\d+)", reasons)))


def test_predictions_that_say_something_are_said_to(card: Path) -> None:
    assert "**The predictions beat the base rate.**" in (card / "README.md").read_text()


def test_predictions_that_say_nothing_are_said_to(tmp_path: Path) -> None:
    """Pass rates dealt out anew have nothing to do with difficulty."""
    problems = varied(200)
    passes = [each.passes for each in varied(200, seed=2)]
    shuffled = [problem.evolve(passes=rates) for problem, rates in zip(problems, passes, strict=True)]
    outcomes = list(FilterStage().apply_all(shuffled, context(tmp_path)))
    run = view([each for each in outcomes if isinstance(each, Problem)], tmp_path)
    assert "**The predictions do not beat the base rate" in written(run, tmp_path)


def test_without_pass_rates_nothing_is_claimed(tmp_path: Path) -> None:
    problems = [each.evolve(passes=()) for each in varied(30)]
    run = view([e for e in FilterStage().apply_all(problems, context(tmp_path)) if isinstance(e, Problem)], tmp_path)
    text = written(run, tmp_path)
    assert "scores are not calibrated" in text
    assert "No benchmark was named: nothing was kept out" in text


def test_a_card_of_nothing(tmp_path: Path) -> None:
    CardOutput().write(view([], tmp_path), tmp_path)
    assert "0 programming problems" in (tmp_path / "README.md").read_text()
