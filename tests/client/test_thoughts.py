"""A completion that was cut inside a thought which its prompt opened has no program, whatever it drafts."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest

from evaluator.extraction.formats import REASONING
from evaluator.schema.thoughts import openers, thought_opened_by, with_thought
from tests.client.conftest import RIGHT, SUM, fenced
from trainer_client import EvaluatorClient, Submission
from trainer_client.rewards import openrlhf, rllm, slime, trl, verifiers, verl
from trainer_client.rewards.judge import RewardGrader, after_prompt

SUITE = SUM.model_dump_json(exclude_unset=True)
DRAFT = f"First I try\n{fenced(RIGHT)}\nbut wait, what if"
OPENERS = openers()


def test_the_tags_are_those_of_extraction() -> None:
    assert [mark.opener for mark in REASONING] == list(OPENERS)


@pytest.mark.parametrize("opener", OPENERS)
def test_a_prompt_that_ends_in_a_tag_opens_a_thought(opener: str) -> None:
    assert thought_opened_by(f"<|im_start|>user\nAdd.<|im_end|>\n<|im_start|>assistant\n{opener}\n") == opener
    assert thought_opened_by(f"Think in {opener} first.\nassistant\n") == ""


def test_a_thought_that_the_template_closes_again_is_none() -> None:
    assert thought_opened_by("<|im_start|>assistant\n<think>\n\n</think>\n\n") == ""


@pytest.mark.parametrize("mark", REASONING, ids=lambda mark: mark.opener)
def test_a_truncated_thought_is_no_code_and_a_whole_one_is_judged(client: EvaluatorClient, mark) -> None:
    """At every place where a completion may be cut."""
    whole = f"{DRAFT} it is?\n{mark.closer}\n{fenced(RIGHT)}"
    end_of_thought = whole.index(mark.closer)
    cuts = range(len(DRAFT) // 2, end_of_thought + 1, 7)
    texts = [*(whole[:cut] for cut in cuts), whole]
    prompt = f"Add.\nassistant\n{mark.opener}"
    outcomes = RewardGrader(client).outcomes([after_prompt(prompt, text) for text in texts], [SUITE] * len(texts))
    assert [outcome.verdict for outcome in outcomes] == ["no_code"] * (len(texts) - 1) + ["accepted"]


def test_without_the_prompt_s_tag_the_draft_is_graded(client: EvaluatorClient) -> None:
    assert client.grade(Submission(response=DRAFT, suite=SUM)).verdict == "accepted"


def test_a_tag_that_the_model_repeats_comes_once() -> None:
    assert with_thought("<think>", "<think>\nyes") == "<think>\nyes"
    assert with_thought("", "yes") == "yes"


PROMPT = "<|im_start|>user\nAdd.<|im_end|>\n<|im_start|>assistant\n<think>\n"


def test_trainers_that_have_the_prompt_see_it(client: EvaluatorClient) -> None:
    reward = trl.CodeReward(client=client)
    chat = [{"role": "user", "content": "Add."}, {"role": "assistant", "content": "<think>\n"}]
    assert reward([PROMPT, chat, "Add."], [DRAFT] * 3, suite=[SUITE] * 3) == [0.0, 0.0, 1.0]
    assert reward(["Add."] * 2, [DRAFT] * 2, suite=[SUITE] * 2, prompt_thought=["<think>", ""]) == [0.0, 1.0]
    judge = RewardGrader(client)
    reply = openrlhf.reward_func([PROMPT + DRAFT, f"Add.{DRAFT}"], [PROMPT, "Add."], [SUITE] * 2, judge=judge)
    assert (reply["rewards"], reply["extra_logs"]["no_code"]) == ([0.0, 1.0], [1.0, 0.0])
    sample = SimpleNamespace(prompt=PROMPT, response=DRAFT, label=SUITE, metadata={})
    assert asyncio.run(slime.CodeReward(client=client)(None, [sample])) == [0.0]
    assert sample.metadata["verdict"] == "no_code"


def test_trainers_that_have_not_are_told(client: EvaluatorClient) -> None:
    assert trl.CodeReward(client=client, thought="<think>")(["Add."], [DRAFT], suite=[SUITE]) == [0.0]
    assert verl.compute_score("code", DRAFT, SUITE, client=client, thought="<think>", plain=True) == 0.0
    assert rllm.CodeReward(client=client, thought="<think>")({"suite": SUITE}, DRAFT).reward == 0.0
    reward = verifiers.CodeReward(client=client, thought="<think>")
    assert asyncio.run(reward(DRAFT, "", {"suite": SUITE}, {})) == 0.0
    with pytest.raises(ValueError, match="opens no thought; known are: '<think>'"):
        trl.CodeReward(client=client, thought="think")


def test_the_service_s_reward_urls_see_it(client: EvaluatorClient, service) -> None:
    import httpx

    label = json.loads(SUITE)
    body = {"query": [PROMPT + DRAFT], "prompts": [PROMPT], "labels": [label]}
    answer = httpx.post(f"{service.url}/get_reward", json=body, timeout=60).json()
    assert answer == {"rewards": 0.0, "scores": 0.0, "extra_logs": {"no_code": 1.0}}
    for prompt, reward in ((PROMPT, 0.0), ("Add.", 1.0), ([{"role": "user", "content": "Add."}], 1.0), (None, 1.0)):
        sample = {"prompt": prompt, "response": DRAFT, "label": label}
        assert httpx.post(f"{service.url}/slime/get_reward", json=sample, timeout=60).json() == reward
