"""A model is asked nothing twice, and what it did not say is not made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dataset.values import Listed, context, varied
from tests.scoring.conftest import Model
from trainer_client.dataset.config import LlmConfig
from trainer_client.dataset.files import RunError
from trainer_client.dataset.filter import FilterStage
from trainer_client.dataset.llm import CachedModel
from trainer_client.dataset.row import Problem
from trainer_client.dataset.stage import Context

ANSWER = {"comprehension": 2, "algorithm": 3, "knowledge": 1, "implementation": 4, "edge_cases": 5}


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model(lambda asked: [json.dumps(ANSWER)])
    yield model
    model.close()


def cached(model: Model, folder: Path) -> CachedModel:
    return CachedModel(LlmConfig(url=model.url, model="rater"), folder / "llm.jsonl")


def test_no_request_is_seen_twice(model: Model, tmp_path: Path) -> None:
    """By many threads, by another repeat, by another run."""
    for _ in range(2):
        llm = cached(model, tmp_path)
        with ThreadPoolExecutor(8) as pool:
            said = [pool.submit(llm.ask, f"question {n % 3}", repeat=n % 2) for n in range(48)]
        assert {each.result() for each in said} == {json.dumps(ANSWER)}
        llm.close()
    bodies = [json.dumps(body, sort_keys=True) for _, body, _ in model.requests]
    assert len(bodies) == len(set(bodies)) == 6


def test_the_filter_rates_by_the_rubric_and_never_asks_again(model: Model, tmp_path: Path) -> None:
    named = {"url": model.url, "model": "rater"}
    problems = varied(12)
    for _ in range(2):
        llm = cached(model, tmp_path)
        outcomes = list(FilterStage().apply_all(Listed(problems), with_model(tmp_path, llm, named)))
        llm.close()
    assert len(model.requests) == 12 * 3
    assert all(body["response_format"]["type"] == "json_schema" for _, body, _ in model.requests)
    rated = [each.difficulty_json for each in outcomes if isinstance(each, Problem)]
    assert {each["predictor"] for each in rated if each} == {"rubric-1:rater"}
    assert {each["score"] for each in rated if each} == {2.95}


def with_model(folder: Path, llm: CachedModel, named: dict[str, str]) -> Context:
    given = context(folder, llm=llm)
    config = given.config.model_copy(update={"llm": LlmConfig.model_validate(named)})
    return replace(given, config=config)


def test_an_answer_that_cannot_be_read_is_null(model: Model, tmp_path: Path) -> None:
    """One problem's answers are prose: its score is null, not a default."""
    model.answer = lambda asked: (
        ["about 3, I think"] if "Problem 4 asks" in asked["messages"][-1]["content"] else [json.dumps(ANSWER)]
    )
    llm = cached(model, tmp_path)
    given = with_model(tmp_path, llm, {"url": model.url, "model": "rater"})
    problems = varied(6)
    outcomes = {each.id: each for each in FilterStage().apply_all(Listed(problems), given)}
    llm.close()
    unread = outcomes[problems[4].id]
    assert isinstance(unread, Problem)
    assert unread.difficulty_json is not None
    assert unread.difficulty_json["score"] is None


def test_a_refused_prompt_is_null_and_remembered(model: Model, tmp_path: Path) -> None:
    llm = cached(model, tmp_path)
    model.faults = [400]
    assert llm.ask("too long") is None
    assert llm.ask("too long") is None
    assert len(model.requests) == 1
    llm.close()


def test_a_wrong_key_stops_the_run(model: Model, tmp_path: Path) -> None:
    llm = cached(model, tmp_path)
    model.faults = [401]
    with pytest.raises(RunError, match="401"):
        llm.ask("anything")
    assert llm.ask("anything") == json.dumps(ANSWER)  # nothing was remembered
    llm.close()


def test_faults_that_pass_are_waited_for(model: Model, tmp_path: Path) -> None:
    llm = cached(model, tmp_path)
    model.faults = [503, "reset", 429]
    assert llm.ask("question") == json.dumps(ANSWER)
    llm.close()


def test_an_absent_key_is_named(model: Model, tmp_path: Path) -> None:
    settings = LlmConfig(url=model.url, model="rater", key_variable="NO_SUCH_KEY_HERE")
    with pytest.raises(RunError, match="NO_SUCH_KEY_HERE"):
        CachedModel(settings, tmp_path / "llm.jsonl")
