"""Rewards by each trainer's contract, as recorded from its source. ``test_trainers.py`` calls them from the real code.

slime (THUDM/slime, ``rollout/rm_hub/__init__.py``) and rLLM (``rewards/reward_fn.py``) are not on PyPI: their contracts are
held here alone.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import math
import pickle
from types import SimpleNamespace

import pytest

from evaluator.local import LocalService
from tests.client.conftest import RIGHT, SUM, WRONG, fenced
from trainer_client import EvaluatorClient, EvaluatorError, Report, Submission, Suite, Verdict
from trainer_client.rewards import openrlhf, prime_rl, rllm, slime, trl, verifiers, verl
from trainer_client.rewards.judge import NotJudged, RewardGrader, WeakSuite, text_of, weak_share
from trainer_client.rewards.shapes import SHAPES, binary, fraction, lcb_strict, shape_of, weighted
from trainer_client.suites import UnknownTests
from trainer_client.testing import FakeService, report

SUITE = SUM.model_dump_json(exclude_unset=True)
TEXTS = [fenced(RIGHT), fenced(WRONG), "I do not know."]
VERDICTS = ["accepted", "wrong_answer", "no_code"]
REWARDS = [1.0, 0.0, 0.0]
NO_PROGRAM = "there is no fenced block, and the text is not a program in python"


@pytest.fixture
def broken(fake: FakeService) -> EvaluatorClient:
    """A client whose judge always fails."""
    fake.script = lambda submission: "judge_error"
    with EvaluatorClient(fake.url) as client:
        yield client


@pytest.fixture(autouse=True)
def _environment(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ready-made functions find the service by the environment."""
    monkeypatch.setenv("MICROCODER_URL", service.url)


def test_shapes() -> None:
    half = report("wrong_answer", passed=1, total=2, score=0.25)
    loose = report("accepted", tests=[{"index": 0, "verdict": "accepted", "strict": False}])
    assert [shape(half) for shape in (binary, fraction, weighted, lcb_strict)] == [0.0, 0.5, 0.25, 0.0]
    assert [shape(loose) for shape in (binary, fraction, weighted, lcb_strict)] == [1.0, 1.0, 1.0, 0.0]
    assert {shape(report("judge_error")) for shape in SHAPES.values()} == {None}
    assert shape_of("fraction") is fraction
    with pytest.raises(ValueError, match="binary"):
        shape_of("half")


def test_partial_rewards_count_every_test(client: EvaluatorClient) -> None:
    suite = Suite.model_validate(
        {
            "mode": "stdio",
            "tests": [{"input": "0 3\n", "output": "3\n", "weight": 3}, {"input": "1 1\n", "output": "2\n"}] * 2,
        }
    )
    outcomes = [
        RewardGrader(client, shape).outcomes([fenced(WRONG)], [suite])[0].reward
        for shape in (binary, fraction, weighted)
    ]
    assert outcomes == [0.0, 0.5, 0.75]


def test_what_only_a_forgiving_checker_accepts_is_no_strict_reward(client: EvaluatorClient) -> None:
    spaced = fenced("a, b = map(int, input().split())\nprint(f'{a + b} ')")
    assert RewardGrader(client, binary).outcomes([spaced], [SUITE])[0].reward == 1.0
    assert [
        outcome.reward for outcome in RewardGrader(client, lcb_strict).outcomes([spaced, TEXTS[0]], [SUITE] * 2)
    ] == [
        0.0,
        1.0,
    ]


def test_scripts_that_import_the_earlier_name_go_on_working(client: EvaluatorClient) -> None:
    from trainer_client.rewards.judge import Judge, tests_of

    assert tests_of({"suite": SUITE}).suite() == SUM
    assert Judge(client).outcomes([TEXTS[0]], [SUITE])[0].reward == 1.0


def test_a_service_that_is_away_is_no_zero() -> None:
    with EvaluatorClient("http://127.0.0.1:9", patience_s=0) as client:
        [outcome] = RewardGrader(client).outcomes(["x"], [SUITE])
    assert outcome.reward is None
    assert outcome.verdict == "judge_error"
    assert math.isnan(outcome.certain("nan"))
    assert outcome.settled(-1.0) == -1.0
    with pytest.raises(EvaluatorError):
        outcome.settled("raise")


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("text", "text"),
        ([{"role": "user", "content": "no"}, {"role": "assistant", "content": "text"}], "text"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "te"}, {"type": "text", "text": "xt"}]}], "text"),
        ([SimpleNamespace(role="assistant", content="text")], "text"),
        ([{"role": "tool", "content": "no"}], ""),
        ([{"role": "assistant", "content": None}], ""),
        ([{"role": "assistant", "content": [{"type": "text", "text": None}, {"type": "image"}]}], ""),
        ({"role": "assistant", "content": "text"}, "text"),
        ([], ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_completion_s_text(completion, text: str) -> None:
    assert text_of(completion) == text


def test_what_is_no_completion_is_named() -> None:
    with pytest.raises(TypeError, match="list of messages, not int"):
        text_of(3)


HALVES = [f"An emoji: \ud83d\n{TEXTS[0]}", fenced("print('\ud83d')"), "\udc00", TEXTS[0], None, ""]
"""Half of a surrogate pair beside the program, in it, and alone; a whole answer; none."""
OF_HALVES = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def test_half_of_a_surrogate_pair_in_one_completion_costs_no_other(client: EvaluatorClient) -> None:
    rows = len(HALVES)
    assert trl.CodeReward(client=client)(["p"] * rows, HALVES, suite=[SUITE] * rows) == OF_HALVES
    scores = verl.compute_score_batch(["code"] * rows, HALVES, [SUITE] * rows, client=client)
    assert [score["score"] for score in scores] == OF_HALVES
    assert [score["verdict"] for score in scores[:3]] == ["accepted", "compile_error", "no_code"]


@pytest.mark.parametrize(
    ("suite", "said"),
    [
        (None, "row 1 .*: there are no tests in suite"),
        ("no json", "row 1 .*: suite: neither a suite nor JSON"),
        ({"mode": "stdio", "tests": []}, "row 1 .*: .*needs at least one test"),
        ({"inputs": ["\ud83d"], "outputs": [""]}, "row 1 .*: .*half of a surrogate pair"),
    ],
)
def test_the_row_whose_tests_cannot_be_used_is_named(suite, said: str) -> None:
    with pytest.raises(UnknownTests, match=said):
        trl.CodeReward()(["p"] * 3, TEXTS, suite=[SUITE, suite, SUITE])
    with pytest.raises(UnknownTests, match=r"row 1 \(task_id 'b'\)"):
        trl.CodeReward()(["p"] * 3, TEXTS, suite=[SUITE, suite, SUITE], task_id=["a", "b", "c"])


def test_trl(client: EvaluatorClient) -> None:
    logged = {}
    columns = {
        "suite": [SUITE] * 3,
        "log_extra": logged.__setitem__,
        "log_metric": logged.__setitem__,
        "trainer_state": None,
    }
    messages = [[{"role": "assistant", "content": text}] for text in TEXTS]
    for completions in (TEXTS, messages):
        reward = trl.CodeReward(client=client)
        assert reward(prompts=["p"] * 3, completions=completions, completion_ids=[[1]] * 3, **columns) == REWARDS
    shares = {f"verdict/{name}": 1 / 3 if name in VERDICTS else 0.0 for name in Verdict}
    reasons = ["", "token 1 is '3', expected '42'", NO_PROGRAM]
    metrics = {"not_judged": 0.0, "missing_module": 0.0, "weak_suites": 0.0}
    assert logged == {"verdict": VERDICTS, "reason": reasons, **shares, **metrics}
    assert inspect.iscoroutinefunction(trl.AsyncCodeReward.__call__)
    given = {"prompts": ["p"] * 3, "completions": TEXTS}
    assert asyncio.run(trl.AsyncCodeReward(client=client)(**given, **columns)) == REWARDS
    assert trl.CodeReward(client=client, column="mine")(**given, mine=[SUITE] * 3) == REWARDS
    assert trl.CodeReward(client=client)(
        ["p"], [fenced("def f():\n    return 1")], test_list=[["assert f() == 1"]]
    ) == [1.0]


def test_trl_logs_what_only_a_checker_s_tolerance_accepts() -> None:
    def judged(submission):
        tests = [{"index": 0, "verdict": "accepted", "strict": submission.response != "1.0"}]
        return report("wrong_answer" if submission.response == "2" else "accepted", tests=tests)

    with FakeService(judged) as fake, EvaluatorClient(fake.url) as client:
        logged = {}
        for shape in ("binary", "lcb_strict"):
            trl.CodeReward(client=client, shape=shape)(
                ["p"] * 3, ["1", "1.0", "2"], suite=[SUITE] * 3, log_metric=logged.__setitem__
            )
            assert logged.get("relaxed") == (None if shape == "binary" else 0.5)


def test_a_benchmark_s_own_extraction_stands_in_for_the_service_s() -> None:
    grader = RewardGrader(extract=str.upper)
    assert grader.submissions(["a"], [SUITE])[0].code == "A"
    assert RewardGrader().submissions(["a"], [SUITE])[0].response == "a"


def test_trl_leaves_out_what_was_not_judged(broken: EvaluatorClient, caplog: pytest.LogCaptureFixture) -> None:
    logged = {}
    reward = trl.CodeReward(client=broken)
    assert reward(["p"] * 2, TEXTS[:2], suite=[SUITE] * 2, log_metric=logged.__setitem__) == [None, None]
    assert (logged["not_judged"], logged["verdict/judge_error"], logged["weak_suites"]) == (1.0, 1.0, 0.0)
    assert "2 of 2 programs were not judged" in caplog.text


def test_trl_a_row_without_tests_is_an_error_that_names_its_columns() -> None:
    columns = {"difficulty": ["easy"], "unit_test_list": [["assert f()"]], "log_metric": print, "trainer_state": None}
    for column, message in (
        (None, "a row needs its tests in a known shape, such as a column suite; it has: difficulty, unit_test_list"),
        ("mine", "there is no column mine; it has: difficulty, unit_test_list"),
    ):
        for prompt in ("Add two numbers", [{"role": "user", "content": "Add two numbers"}]):
            with pytest.raises(UnknownTests, match=rf"row 0 \(prompt 'Add two numbers'\): {message}$"):
                trl.CodeReward(column=column)([prompt], ["text"], **columns)


def test_trl_says_which_package_programs_lack(caplog: pytest.LogCaptureFixture) -> None:
    reason = "exit code 1: ModuleNotFoundError: No module named 'numpy'"
    lacking = report("runtime_error", first_failure={"index": 0, "verdict": "runtime_error", "reason": reason})
    with FakeService(lambda each: lacking if each.response == "a" else report("accepted")) as fake:
        logged = {}
        with EvaluatorClient(fake.url) as client:
            reward = trl.CodeReward(client=client)
            for _ in range(2):
                reward(["p"] * 4, ["a", "b", "c", "d"], suite=[SUITE] * 4, log_metric=logged.__setitem__)
    assert logged["missing_module"] == 0.25
    assert caplog.text.count("1 of 4 programs failed since programs have no module 'numpy': `microcoder runtime") == 1


def test_verl(client: EvaluatorClient) -> None:
    score = verl.compute_score("code", TEXTS[0], SUITE, {"split": "train"}, client=client)
    assert score == {"score": 1.0, "acc": 1.0, "verdict": "accepted", "passed": 2, "total": 2, "weak_suite": 0.0}
    by_extra_info = asyncio.run(verl.compute_score_async("code", TEXTS[1], "", {"suite": SUITE}, client=client))
    assert by_extra_info["verdict"] == "wrong_answer"
    assert by_extra_info.keys() == score.keys()
    batch = verl.compute_score_batch(
        data_sources=["code"] * 3,
        solution_strs=TEXTS,
        ground_truths=[SUITE] * 3,
        extra_infos=[{}] * 3,
        client=client,
        plain=True,
    )
    assert batch == REWARDS
    with pytest.raises(TypeError, match="shpe"):
        verl.compute_score("code", TEXTS[0], SUITE, shpe="fraction")


def test_verl_stops_or_gives_what_was_chosen(broken: EvaluatorClient) -> None:
    with pytest.raises(NotJudged):
        verl.compute_score("code", TEXTS[0], SUITE, client=broken)
    score = verl.compute_score("code", TEXTS[0], SUITE, client=broken, on_error=-0.5)
    expected = {"score": -0.5, "acc": 0.0, "verdict": "judge_error", "passed": 0, "total": 1, "weak_suite": 0.0}
    assert score == expected


def test_openrlhf(client: EvaluatorClient, broken: EvaluatorClient) -> None:
    prompt = f"<user>Add. For example:\n{fenced('print(1)')}<assistant>"
    judge = RewardGrader(client)
    one = openrlhf.reward_func([f"{prompt}{TEXTS[0]}<eos>"], [prompt], [SUITE], judge=judge)
    assert one == {"rewards": 1.0, "scores": 1.0, "extra_logs": {"not_judged": 0.0, "no_code": 0.0, "weak_suite": 0.0}}
    json.dumps(one)
    many = openrlhf.reward_func([prompt + text for text in TEXTS], [prompt] * 3, [SUITE] * 3, judge=judge)
    assert many["rewards"] == REWARDS
    assert many["extra_logs"]["no_code"] == [0.0, 0.0, 1.0]
    with pytest.raises(NotJudged):
        openrlhf.reward_func([prompt + TEXTS[0]], [prompt], [SUITE], judge=RewardGrader(broken))


def test_openrlhf_never_grades_the_prompt() -> None:
    prompt = "Here is a program:" + "x" * 400
    assert openrlhf.response_in(f"<bos> {prompt[6:]}answer", prompt) == "answer"
    with pytest.raises(ValueError, match="prompt"):
        openrlhf.response_in("something else", prompt)


@pytest.mark.parametrize("length", [8, 20, 199, 200, 201, 500])
def test_openrlhf_s_prompt_is_found_that_was_cut_from_the_left(length: int) -> None:
    prompt = "".join(f"{number} " for number in range(200))
    cut = prompt[-length:]
    assert openrlhf.response_in(f"{cut}answer", prompt) == "answer"
    assert openrlhf.response_in(f"\ufffd{cut}answer", prompt) == "answer"  # in the middle of a character
    assert openrlhf.response_in(f"{cut}I repeat: {prompt}!", prompt) == f"I repeat: {prompt}!"


def test_verifiers(client: EvaluatorClient, broken: EvaluatorClient) -> None:
    state = {}
    reward = verifiers.CodeReward(client=client)
    message = [{"role": "assistant", "content": TEXTS[0]}]
    assert asyncio.run(reward(completion=message, answer="", info={"suite": SUITE}, state=state)) == 1.0
    assert state["evaluator"]["verdict"] == "accepted"
    states = [{}, {}]
    group = verifiers.GroupCodeReward(client=client)
    assert asyncio.run(group(completions=TEXTS[:2], answers=[SUITE] * 2, infos=[{}] * 2, states=states)) == [1.0, 0.0]
    failed = verifiers.CodeReward(client=broken)(completion=message, answer=SUITE, info={}, state=state)
    assert math.isnan(asyncio.run(failed))
    with pytest.raises(ValueError, match="rubric"):
        verifiers.CodeReward(on_error="raise")


def test_prime_rl(client: EvaluatorClient, broken: EvaluatorClient) -> None:
    trace = SimpleNamespace(last_reply=TEXTS[0], info={})
    assert asyncio.run(prime_rl.grade_trace(trace, SUITE, client=client)) == 1.0
    assert trace.info == {"verdict": "accepted"}
    with pytest.raises(NotJudged):
        asyncio.run(prime_rl.grade_trace(trace, SUITE, client=broken))


def test_slime(client: EvaluatorClient, broken: EvaluatorClient) -> None:
    def sample(text: str, **fields) -> SimpleNamespace:
        given = {"prompt": "Add.", "response": text, "label": SUITE, "metadata": {}, "remove_sample": False, **fields}
        return SimpleNamespace(**given)

    reward = slime.CodeReward(client=client)
    one = sample(TEXTS[0], label=None, metadata={"suite": SUITE})
    assert asyncio.run(reward(None, one, evaluation=True)) == 1.0
    assert one.metadata["verdict"] == "accepted"
    assert asyncio.run(reward(None, [sample(text) for text in TEXTS])) == REWARDS
    with pytest.raises(NotJudged):
        asyncio.run(slime.CodeReward(client=broken)(None, sample(TEXTS[0])))
    removed = sample(TEXTS[0])
    assert asyncio.run(slime.CodeReward(client=broken, on_error="remove")(None, removed)) == 0.0
    assert removed.remove_sample


def test_rllm(client: EvaluatorClient, broken: EvaluatorClient) -> None:
    task = {"data_source": "livecodebench", "ground_truth": [{"input": "1 2\n", "output": "3\n", "testtype": "stdin"}]}
    output = rllm.CodeReward(client=client)(task, TEXTS[0])
    metadata = {"verdict": "accepted", "weak_suite": False}
    assert (output.reward, output.is_correct, output.metadata) == (1.0, True, metadata)
    none = rllm.CodeReward(client=client)(task, SimpleNamespace(action=TEXTS[2]))
    assert none.metadata == {"verdict": "no_code", "weak_suite": False}
    with pytest.raises(NotJudged):
        rllm.CodeReward(client=broken)(task, TEXTS[0])
    assert rllm.CodeReward(client=broken, on_error=0.0)(task, TEXTS[0]).is_correct is None


@pytest.mark.parametrize(
    "reward",
    [
        trl.code_reward,
        trl.async_code_reward,
        verl.compute_score,
        verifiers.code_reward,
        slime.custom_rm,
        rllm.code_reward_fn,
    ],
    ids=["trl", "trl async", "verl", "verifiers", "slime", "rllm"],
)
def test_rewards_can_be_sent_to_other_processes(reward) -> None:
    copied = pickle.loads(pickle.dumps(reward))
    assert getattr(copied, "__name__", None) == getattr(reward, "__name__", None)


WEAK, STRONG = (
    {"way": "sealed", "sealed": 3, "open": 0, "bits": bits, "level": level}
    for bits, level in ((3, "weak"), (35, "strong"))
)


@pytest.fixture
def mixed(fake: FakeService) -> EvaluatorClient:
    """A client of suites of which the first letter of the program says what they prove."""

    def script(submission: Submission) -> Report:
        trust = {"w": WEAK, "s": STRONG}.get((submission.response or "")[:1])
        return report("accepted" if "right" in str(submission.response) else "wrong_answer", trust=trust)

    fake.script = script
    with EvaluatorClient(fake.url) as client:
        yield client


ANSWERS = ["w right", "w wrong", "s right", "s wrong", "- right"]


def test_rewards_of_weak_suites_count_unless_they_are_withheld(mixed: EvaluatorClient) -> None:
    outcomes = RewardGrader(mixed).outcomes(ANSWERS, [SUITE] * 5)
    assert [outcome.reward for outcome in outcomes] == [1.0, 0.0, 1.0, 0.0, 1.0]
    assert [outcome.weak for outcome in outcomes] == [True, True, False, False, False]
    assert weak_share(outcomes) == 2 / 5
    outcomes = RewardGrader(mixed, min_bits=8).outcomes(ANSWERS, [SUITE] * 5)
    assert [outcome.reward for outcome in outcomes] == [None, None, 1.0, 0.0, 1.0]
    assert [outcome.verdict for outcome in outcomes[:2]] == ["accepted", "wrong_answer"]
    assert weak_share(outcomes) == 0
    with pytest.raises(WeakSuite, match="the suite has 3 bits, and min_bits asks for 8"):
        outcomes[0].settled("raise")
    assert weak_share([]) == 0


def test_trl_logs_the_share_of_rewards_from_weak_suites(mixed: EvaluatorClient) -> None:
    metrics: dict[str, float] = {}
    columns = {"suite": [SUITE] * 5, "log_metric": metrics.__setitem__}
    reward = trl.CodeReward(client=mixed)
    assert reward(prompts=ANSWERS, completions=ANSWERS, **columns) == [1.0, 0.0, 1.0, 0.0, 1.0]
    assert (metrics["not_judged"], metrics["weak_suites"]) == (0.0, 0.4)
    reward = trl.CodeReward(client=mixed, min_bits=8)
    assert reward(prompts=ANSWERS, completions=ANSWERS, **columns) == [None, None, 1.0, 0.0, 1.0]
    assert (metrics["not_judged"], metrics["weak_suites"]) == (0.4, 0.0)


def test_verl_says_of_each_sample_if_its_suite_is_weak(mixed: EvaluatorClient) -> None:
    scores = verl.compute_score_batch([""] * 2, ANSWERS[::2][:2], [SUITE] * 2, client=mixed)
    assert [score["weak_suite"] for score in scores] == [1.0, 0.0]
    with pytest.raises(WeakSuite):
        verl.compute_score("", ANSWERS[0], SUITE, client=mixed, min_bits=8)
    assert verl.compute_score("", ANSWERS[0], SUITE, client=mixed, min_bits=8, on_error=-1.0, plain=True) == -1.0
