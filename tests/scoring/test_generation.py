"""Answers of a model from a real endpoint: asked for once, whatever goes wrong on the way, and scored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import microcoder
from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import Answer, Model, lines, score
from tests.scoring.test_livecodebench import ADD, row
from trainer_client.benchmarks.generations import Generation, token_lengths
from trainer_client.benchmarks.task import BadFile

__all__ = ["client"]
Started = Callable[[Answer], Model]
FENCED = f"So:\n```python\n{ADD}\n```\n"


def right(asked: dict[str, Any]) -> list[str]:
    return [FENCED] * asked.get("n", 1)


def problems(tmp_path: Path, count: int = 3) -> Path:
    return lines(
        tmp_path / "test6.jsonl", *(row(f"p{number}", question_content=f"Add {number}.") for number in range(count))
    )


def told(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_one_command_generates_and_scores(tmp_path: Path, client: Client, model: Started) -> None:
    vllm, out = model(right), tmp_path / "out.jsonl"
    said = score(
        "livecodebench", problems(tmp_path), out, "--model", "m", "--base-url", vllm.url, "--n", 2,
        "--temperature", 0.6, "--server", client.service.url, OPENAI_API_KEY="secret",
    )  # fmt: skip
    assert "pass@1 1.0000 over 3 problems (accepted 6)" in said.stdout, said
    assert len(vllm.requests) == 3, "both choices in one request"
    path, asked, headers = vllm.requests[0]
    assert (path, headers["Authorization"]) == ("/v1/chat/completions", "Bearer secret")
    assert (asked["n"], asked["temperature"], asked["top_p"], asked["max_tokens"]) == (2, 0.6, 0.95, 2000)
    assert asked["messages"][0]["content"].startswith("You are an expert Python programmer.")
    assert asked["messages"][1]["content"].startswith("### Question:\nAdd ")
    assert "secret" not in out.read_text()
    assert {each["finish_reason"] for each in told(out)} == {"stop"}
    assert {each["prompt_tokens"] for each in told(out)} == {7}


def test_what_is_on_disk_is_never_asked_for_again_nor_graded_twice(
    tmp_path: Path, client: Client, model: Started
) -> None:
    vllm, out, file = model(right), tmp_path / "out.jsonl", problems(tmp_path)
    common = ("livecodebench", file, out, "--model", "m", "--base-url", vllm.url, "--server", client.service.url)
    score(*common)
    reports = tmp_path / "out.reports.jsonl"
    whole = out.read_text()
    out.write_text(whole[:-20])  # the last line was cut, as by a crash
    before = reports.read_text()
    again = score(*common)
    assert "pass@1 1.0000 over 3 problems" in again.stdout, again
    assert len(vllm.requests) == 4, "the one that was cut"
    assert Counter(each["task_id"] for each in told(out)) == {"p0": 1, "p1": 1, "p2": 1}
    assert reports.read_text() == before, "nothing was graded again"
    more = score(*common, "--n", 3)
    assert "over 3 problems (accepted 9)" in more.stdout, more
    assert Counter(each["task_id"] for each in told(out)) == {"p0": 3, "p1": 3, "p2": 3}
    other = score(*common, "--temperature", 1.0)
    assert other.returncode == 2
    assert "drawn in another way" in other.stderr


@pytest.mark.parametrize("fault", [429, 503, "reset", "cut"])
def test_failures_on_the_way_are_tried_again(tmp_path: Path, client: Client, model: Started, fault: int | str) -> None:
    vllm, out = model(right), tmp_path / "out.jsonl"
    vllm.faults = [fault] * 4
    said = score(
        "livecodebench", problems(tmp_path), out, "--model", "m", "--base-url", vllm.url, "--server", client.service.url
    )
    assert "pass@1 1.0000 over 3 problems (accepted 3)" in said.stdout, said
    assert (len(vllm.requests), len(told(out))) == (7, 3)


def test_a_server_without_n_is_asked_one_by_one(tmp_path: Path, model: Started) -> None:
    vllm, out = model(right), tmp_path / "out.jsonl"
    vllm.single = True
    common = ("livecodebench", problems(tmp_path), out, "--model", "m", "--base-url", vllm.url, "--no-grade")
    said = score(*common, "--n", 3, "--concurrency", 1)
    assert said.returncode == 0, said
    assert Counter(each["task_id"] for each in told(out)) == {"p0": 3, "p1": 3, "p2": 3}
    assert sum(asked.get("n", 1) > 1 for _, asked, _ in vllm.requests) == 1


def test_a_seed_goes_on_where_samples_are_asked_for_later(tmp_path: Path, model: Started) -> None:
    """The same seed would give the same answers again."""
    vllm, out = model(right), tmp_path / "out.jsonl"
    vllm.single = True
    common = ("livecodebench", problems(tmp_path, 1), out, "--model", "m", "--base-url", vllm.url, "--no-grade")
    options = ("--seed", 40, "--top-k", 20, "--min-p", 0.1, "--extra-body", '{"reasoning_effort": "low"}')
    for n in (2, 3):
        done = score(*common, *options, "--n", n, "--concurrency", 1)
        assert done.returncode == 0, done
    assert [asked["seed"] for _, asked, _ in vllm.requests if "n" not in asked] == [40, 41, 42]
    assert (vllm.requests[0][1]["top_k"], vllm.requests[0][1]["reasoning_effort"]) == (20, "low")
    assert len({each["asked"] for each in told(out)}) == 1, "one name for what was asked"
    other = score(*common, "--seed", 41, "--n", 3)
    assert "drawn in another way" in other.stderr


def test_a_refusal_and_an_absent_server_are_told(tmp_path: Path, model: Started) -> None:
    vllm, out = model(right), tmp_path / "out.jsonl"
    vllm.faults = [401]
    common = ("livecodebench", problems(tmp_path, 1), out, "--model", "m", "--no-grade", "--base-url")
    refused = score(*common, vllm.url)
    assert (refused.returncode, "401" in refused.stderr) == (2, True), refused
    vllm.close()
    gone = score(*common, vllm.url, "--patience-s", 0.1)
    assert (gone.returncode, "without success" in gone.stderr) == (3, True), gone


def test_one_generation_is_scored_at_two_lengths(tmp_path: Path, client: Client, model: Started) -> None:
    """A short answer counts at both lengths, a long one at the longer alone."""
    vllm, out = (
        model(lambda asked: [("é" * 60 if "1" in str(asked["messages"]) else "") + FENCED]),
        tmp_path / "out.jsonl",
    )
    said = score(
        "livecodebench", problems(tmp_path, 2), out, "--model", "m", "--base-url", vllm.url,
        "--max-response", "20,64", "--server", client.service.url,
    )  # fmt: skip
    assert said.returncode == 0, said
    assert vllm.requests[0][1]["max_tokens"] == 64
    scores = {at: json.loads((tmp_path / f"out.{at}.score.json").read_text())["pass@1"] for at in (20, 64)}
    assert scores == {20: 0.5, 64: 1.0}
    assert "Against 20 tokens, with 64: +0.5000 pass@1 over 2 problems" in said.stdout
    assert (tmp_path / "out_at_20_codegeneration_output_eval_all.json").exists()


def test_a_base_model_goes_on_with_the_prompt(tmp_path: Path, client: Client, model: Started) -> None:
    task = {
        "task_id": "HumanEval/0", "prompt": "def twice(n):\n", "canonical_solution": "    return 2 * n\n",
        "test": "def check(candidate):\n    assert candidate(2) == 4\n", "entry_point": "twice",
    }  # fmt: skip
    vllm = model(lambda _: ["    return n * 2"])
    said = score(
        "functions", lines(tmp_path / "tasks.jsonl", task), tmp_path / "out.jsonl", "--model", "m", "--base-url", vllm.url,
        "--completions", "--server", client.service.url,
    )  # fmt: skip
    assert "pass@1 1.0000 over 1 problems" in said.stdout, said
    path, asked, _ = vllm.requests[0]
    assert (path, asked["prompt"], "\ndef" in asked["stop"]) == ("/v1/completions", "def twice(n):\n", True)


def test_problems_with_suites_of_ones_own(tmp_path: Path, client: Client, model: Started) -> None:
    suite = {"mode": "stdio", "tests": [{"input": "1 2", "output": "3"}]}
    common = {"suite": suite, "prompt": "Add.", "reference": ADD, "buggy": "print(4)"}
    file = lines(tmp_path / "own.jsonl", {"id": "a", "kind": "easy", **common}, {"id": "b", "kind": "hard", **common})
    vllm = model(right)
    said = score(
        "suites", file, tmp_path / "out.jsonl", "--model", "m", "--base-url", vllm.url, "--server", client.service.url
    )
    assert "pass@1 1.0000 over 2 problems (accepted 2)" in said.stdout, said
    assert "easy" in said.stdout
    wrong = score("suites", file, "--buggy", "--server", client.service.url)
    assert "pass@1 0.0000 over 2 problems (wrong_answer 2)" in wrong.stdout, wrong
    typo = score("suites", lines(tmp_path / "typo.jsonl", {"id": "a", "suite": suite, "promt": ""}), "--reference")
    assert (typo.returncode, "promt" in typo.stderr) == (2, True)


def test_a_report_is_one_file_and_runs_are_compared(tmp_path: Path, client: Client) -> None:
    suite = {"mode": "stdio", "tests": [{"input": "1 2", "output": "3"}]}
    file = lines(tmp_path / "own.jsonl", *({"id": str(n), "suite": suite, "kind": "easy"} for n in range(4)))
    runs = {"a": [ADD, ADD, ADD, "print(4)"], "b": ["print(4)", "1/0", "print(4)", "print(4)"]}
    for name, programs in runs.items():
        rows = [
            {"task_id": str(n), "answer": f"So:\n```python\n{program}\n```\n"} for n, program in enumerate(programs)
        ]
        samples = lines(tmp_path / f"{name}.jsonl", *rows)
        said = score("suites", file, samples, "--report", tmp_path / name, "--server", client.service.url)
        assert said.returncode == 0, said
    page = (tmp_path / "a" / "report.html").read_text()
    assert 'src="' not in page
    [run] = shown(page)
    assert [each["samples"][0]["report"]["verdict"] for each in run["problems"]] == ["accepted"] * 3 + ["wrong_answer"]
    [sample] = run["problems"][0]["samples"]
    assert sample["program"] == f"{ADD}\n"
    assert [part["kind"] for part in sample["answer"]] == ["text", "program", "text"]
    later = microcoder("report", tmp_path / "a.run.jsonl", tmp_path / "b.score.json", "--out", tmp_path / "both.html")
    assert later.returncode == 0, later
    assert shown((tmp_path / "both.html").read_text())[0]["problems"] == run["problems"]
    refused = microcoder("report", samples)
    assert (refused.returncode, "is no record of a run" in refused.stderr) == (2, True)
    compared = score("compare", tmp_path / "a.score.json", tmp_path / "b.score.json")
    assert "+0.7500 pass@1 over 4 problems" in compared.stdout, compared


def shown(page: str) -> list[dict[str, Any]]:
    """The runs in a report's page."""
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    runs: list[dict[str, Any]] = data["runs"]
    return runs


@given(st.text(max_size=40), st.data())
def test_lengths_of_tokens_add_up_to_the_text(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)) | {0, len(text)})
    tokens = [text[a:b] for a, b in pairwise(cuts)] or [text]
    lengths = token_lengths(text, tokens)
    assert lengths is not None
    assert sum(lengths) == len(text)
    assert min(lengths) >= 0


def test_tokens_of_the_reasoning_have_no_length() -> None:
    assert token_lengths("answer", ["<think>", "hm", "</think>", "ans", "wer", "<end>"]) == (0, 0, 0, 3, 3, 0)
    assert token_lengths("a\U0001f600b", ["a", "\ufffd", "\ufffd", "b"]) == (2, 0, 0, 1)
    assert token_lengths("text", ["other"]) is None


def test_an_answer_is_cut_only_where_its_tokens_end() -> None:
    long = Generation("p", "answer", "abcdef", "", "m", completion_tokens=3, token_lengths=(2, 2, 2))
    assert (long.cut(2).text, long.cut(2).finish_reason) == ("abcd", "length")
    assert long.cut(3) is long
    with pytest.raises(BadFile, match="token_lengths"):
        Generation("p", "answer", "abcdef", "", "m").cut(2)
