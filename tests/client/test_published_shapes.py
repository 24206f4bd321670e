"""Rows of public data sets are judged as their authors mean it, or refused with a sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tests.client.conftest import fenced
from tests.client.rows import CASES, CPP, CPP_WRONG, REFUSED, ROWS, STDIO, SUM
from trainer_client import EvaluatorClient, Submission
from trainer_client.rewards import openrlhf, prime_rl, rllm, slime, trl, verifiers, verl
from trainer_client.rewards.judge import RewardGrader
from trainer_client.suites import UnknownTests, read_row, references_of


def verdicts(client: EvaluatorClient, columns: Any, programs: Sequence[str]) -> list[str]:
    tests = read_row(columns)
    texts = [fenced(code).replace("python", tests.language or "python") for code in programs]
    outcomes = RewardGrader(client).outcomes(texts, [tests] * len(programs))
    return [outcome.verdict for outcome in outcomes]


@pytest.mark.parametrize("name", ROWS)
def test_right_programs_pass_and_a_wrong_one_does_not(client: EvaluatorClient, name: str) -> None:
    row = ROWS[name]
    programs = [row.right, *row.also_right, row.wrong]
    assert read_row(row.columns).shape == row.shape
    reached = verdicts(client, row.columns, programs)
    assert reached == ["accepted"] * (len(programs) - 1) + ["wrong_answer"]


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.bare])
def test_a_trainer_may_drop_columns(client: EvaluatorClient, name: str) -> None:
    row = ROWS[name]
    columns = {column: value for column, value in row.columns.items() if column not in row.bare}
    assert verdicts(client, columns, [row.right, row.wrong]) == ["accepted", "wrong_answer"]


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_a_table_is_read_as_the_row_itself(name: str) -> None:
    """Arrow gives each row the columns of all others, as nulls."""
    row = ROWS[name]
    nulls = dict.fromkeys(column for other in ROWS.values() for column in other.columns)
    tests, of_table = read_row(row.columns), read_row({**nulls, **row.columns})
    assert of_table.suite() == tests.suite()
    assert of_table.language == tests.language


@pytest.mark.parametrize("name", ROWS)
def test_a_row_has_a_reference_where_its_set_says_which_program_is_right(client: EvaluatorClient, name: str) -> None:
    row = ROWS[name]
    references = references_of(row.columns)
    assert bool(references) is row.has_reference
    suite = read_row(row.columns).suite()
    reports = client.grade_many(
        [Submission(code=code, suite=suite, language=language or row.language) for language, code in references]
    )
    assert [report.verdict for report in reports] == ["accepted"] * len(references)


@pytest.mark.parametrize("name", REFUSED)
def test_other_rows_are_refused_with_a_sentence(name: str) -> None:
    columns, sentence = REFUSED[name]
    with pytest.raises(UnknownTests, match=sentence):
        read_row(columns).suite()


def test_the_share_of_shapes_that_are_read() -> None:
    refused_sets = {"DS-1000"}
    assert len(ROWS) >= 9 * len(refused_sets)


def test_limits_above_the_default_are_taken_over_and_lower_ones_are_not() -> None:
    assert read_row(ROWS["CodeContests"].columns).suite().limits.cpu_s == 9
    assert read_row(ROWS["TACO"].columns).suite().limits.cpu_s == 8
    codeforces = read_row(ROWS["open-r1's Codeforces"].columns)
    assert codeforces.suite().limits.cpu_s == 6
    assert codeforces.suite(limits={"cpu_s": 2}).limits.cpu_s == 2


def test_a_checker_of_yours_goes_inside_the_choice_between_a_value_and_a_list_of_it(client: EvaluatorClient) -> None:
    pairs = {"fn_name": "f", "inputs": [[1]], "outputs": [[[1, 2]]]}
    suite = read_row(pairs).suite(checker={"kind": "unordered"})
    codes = ("def f(a): return [2, 1]", "def f(a): return [[1, 2]]", "def f(a): return [2]")
    reports = client.grade_many([Submission(code=code, suite=suite) for code in codes])
    assert [report.verdict for report in reports] == ["accepted", "accepted", "wrong_answer"]


TEXTS = [fenced(CPP).replace("```python", "```cpp"), fenced(CPP_WRONG).replace("```python", "```cpp")]
STORED = {**STDIO, "language": "cpp"}


def test_the_language_of_a_row_is_honoured_by_every_trainer(client: EvaluatorClient) -> None:
    label = json.dumps(STORED)
    truth = json.dumps(STDIO)
    judge = RewardGrader(client)
    columns = {"inputs": [STDIO["inputs"]] * 2, "outputs": [STDIO["outputs"]] * 2, "language": ["cpp"] * 2}
    assert trl.CodeReward(client=client)(["p"] * 2, TEXTS, **columns) == [1.0, 0.0]
    assert trl.CodeReward(client=client, column="t")(["p"] * 2, TEXTS, t=[truth] * 2, language=["cpp"] * 2) == [
        1.0,
        0.0,
    ]
    infos = [{"language": "cpp"}] * 2
    assert [s["score"] for s in verl.compute_score_batch(["c"] * 2, TEXTS, [truth] * 2, infos, client=client)] == [
        1.0,
        0.0,
    ]
    assert openrlhf.reward_func([f"p{t}" for t in TEXTS], ["p"] * 2, [label] * 2, judge=judge)["rewards"] == [1.0, 0.0]
    reward = rllm.CodeReward(client=client)
    assert [reward({"ground_truth": truth, "language": "cpp"}, text).reward for text in TEXTS] == [1.0, 0.0]


def test_the_language_of_a_row_is_honoured_by_asynchronous_trainers(client: EvaluatorClient) -> None:
    asyncio.run(_asynchronous_trainers(client))


async def _asynchronous_trainers(client: EvaluatorClient) -> None:
    truth = json.dumps(STDIO)
    samples = [SimpleNamespace(prompt="", response=text, label=truth, metadata={"language": "cpp"}) for text in TEXTS]
    assert await slime.CodeReward(client=client)(None, samples) == [1.0, 0.0]
    info = {"language": "cpp"}
    rewards = [await verifiers.CodeReward(client=client)(text, truth, info, {}) for text in TEXTS]
    assert rewards == [1.0, 0.0]
    traces = [SimpleNamespace(last_reply=text, info={}) for text in TEXTS]
    assert [await prime_rl.grade_trace(trace, json.dumps(STORED), client=client) for trace in traces] == [1.0, 0.0]


def test_a_natural_language_is_no_programming_language(client: EvaluatorClient) -> None:
    for word in ("en", "English", "zh-CN", "ru"):
        assert read_row({**STDIO, "language": word}).language is None
    assert verdicts(client, {**STDIO, "language": "en"}, [SUM]) == ["accepted"]


def test_a_row_that_cannot_be_used_is_named_by_number_and_id(client: EvaluatorClient) -> None:
    with pytest.raises(UnknownTests, match=r"row 1 \(task_id 'x/1'\): "):
        trl.CodeReward(client=client)(["p"] * 2, ["a", "b"], tests=[json.dumps(CASES), None], task_id=["x/0", "x/1"])
