"""Do other systems' clients come to our own API's verdicts? verl's SandboxFusion client and OpenRLHF's reward client,
as released, and ``POST /v1/grade``, on the same labelled programs.

``python -m benchmarks.compat --clients DIRECTORY [--corpus DIRECTORY] [--record]``; the clients are installed into the
directory if they are not there. verl compares outputs itself (equal but for newlines at the end), so our own API is
asked to compare exactly; what differs by its ``tokens`` rule is counted apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from benchmarks.accuracy.labelled import Labelled, load
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from tests.client.released import part, taken

PROGRAMS = 50
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
FILES = (("lcb_full_official", "lcb_full_thirdparty"), ("lcb_samples",))
CLIENTS = ("verl==0.9.1", "openrlhf==0.11.2")
SUPPORT = ("requests", "aiohttp")
LIMITS = {"cpu_s": 10, "memory_mb": 1024}
"""verl's defaults."""
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class CompatRow:
    """A program, and what each way said of it: scores are the share of tests that passed, rewards 0 or 1."""

    id: str
    label: str
    verdict: str
    tokens_verdict: str
    score: float | None
    verl_score: float
    openrlhf_reward: float

    @property
    def equal(self) -> bool:
        return self.verl_score == self.score and self.openrlhf_reward == float(self.tokens_verdict == "accepted")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=Path, required=True, help="directory of the clients' packages")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help=f"labelled programs; {CORPUS} by default")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    install(options.clients.resolve())
    sys.path.append(str(options.clients.resolve()))
    chosen = programs(options.corpus)
    lines = list(_lines(chosen))
    print(before, *lines, sep="\n")
    if options.record:
        title = f"Drop-in: {len(chosen)} programs by verl's and OpenRLHF's own clients"
        record(title, "python -m benchmarks.compat", before, lines)


def install(directory: Path) -> None:
    """Put the clients into a directory, if they are not there.

    Raises:
        subprocess.CalledProcessError: they cannot be had.
    """
    done = directory / "installed-clients"
    if done.exists():
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(directory)]
    # OpenRLHF is released for one version of Python; what is taken of it is plain source.
    any_python = ["--no-deps", "--only-binary=:all:", "--python-version=3.12", "--platform=manylinux1_x86_64"]
    subprocess.run([*pip, *any_python, "--platform=any", *CLIENTS], check=True)
    subprocess.run([*pip, *SUPPORT], check=True)
    done.touch()


def programs(corpus: Path) -> list[Labelled]:
    """Python programs on stdin, half of them accepted by their label and half not: those with all of LiveCodeBench's
    tests, and of those with a few tests as many as are missing, evenly from all."""
    chosen = []
    for accepted in (True, False):
        whole, few = ([each for each in _stdio(corpus, name) if each.met_by("accepted") is accepted] for name in FILES)
        missing = PROGRAMS // 2 - len(whole)
        chosen += [*whole, *few[:: len(few) // missing][:missing]]
    return chosen


def _stdio(corpus: Path, names: Sequence[str]) -> Iterator[Labelled]:
    for name in names:
        for each in load(corpus / f"{name}.jsonl"):
            if each.mode == "stdio" and each.language == "python" and not each.disputed:
                yield each


def _lines(chosen: Sequence[Labelled]) -> Iterator[str]:
    with local_service(settings=RUN_ALL) as service:
        started = time.perf_counter()
        exact = _native(service.url, chosen, {"kind": "exact"})
        tokens = _native(service.url, chosen, {"kind": "tokens"})
        native_s = (time.perf_counter() - started) / 2
        started = time.perf_counter()
        by_verl = _by_verl(f"{service.url}/run_code", chosen)
        verl_s = time.perf_counter() - started
        started = time.perf_counter()
        by_openrlhf = asyncio.run(_by_openrlhf(f"{service.url}/get_reward", chosen))
        openrlhf_s = time.perf_counter() - started
    rows = [
        CompatRow(
            each.id,
            each.label,
            exact[i]["verdict"],
            tokens[i]["verdict"],
            exact[i]["score"],
            by_verl[i],
            by_openrlhf[i],
        )
        for i, each in enumerate(chosen)
    ]
    tests = sum(len(each.submission["suite"]["tests"]) for each in chosen)
    labels = ", ".join(f"{label} {count}" for label, count in sorted(Counter(row.label for row in rows).items()))
    by_tokens = sum(row.verdict != row.tokens_verdict for row in rows)
    yield f"{len(rows)} programs with {tests} tests; labels: {labels}."
    yield f"Exact comparison and `tokens` differ on {by_tokens} of them."
    yield ""
    yield "| way | like our own API | accepted | seconds |"
    yield "|---|---|---|---|"
    accepted = sum(row.tokens_verdict == "accepted" for row in rows)
    yield f"| `POST /v1/grade`, every test, in a batch | — | {accepted} | {native_s:.1f} |"
    same = sum(row.verl_score == row.score for row in rows)
    passed = sum(row.verl_score == 1.0 for row in rows)
    yield f"| verl's client, `/run_code`, a request a test | {same} of {len(rows)} | {passed} | {verl_s:.1f} |"
    same = sum(row.openrlhf_reward == float(row.tokens_verdict == "accepted") for row in rows)
    passed = sum(row.openrlhf_reward == 1.0 for row in rows)
    way = "OpenRLHF's client, `/get_reward`, to the first failure"
    yield f"| {way} | {same} of {len(rows)} | {passed} | {openrlhf_s:.1f} |"
    unlike = [row for row in rows if not row.equal]
    yield ""
    yield f"Unlike our own API: {len(unlike)}."
    for row in unlike:
        yield f"- {row}"


def _native(url: str, chosen: Sequence[Labelled], checker: dict[str, str]) -> list[dict[str, Any]]:
    submissions = [
        {**each.submission, "suite": _suite(each, checker), "policy": "all", "detail": "summary"} for each in chosen
    ]
    response = httpx.post(f"{url}/v1/grade/batch", json={"submissions": submissions}, timeout=None, trust_env=False)
    reports: list[dict[str, Any]] = response.raise_for_status().json()["reports"]
    return reports


def _suite(each: Labelled, checker: dict[str, str]) -> dict[str, Any]:
    tests = each.submission["suite"]["tests"]
    if checker["kind"] == "exact":  # verl forgives newlines at the end: so is the expectation written here
        tests = [{**test, "output": [text, f"{text}\n"]} for test in tests for text in [test["output"].rstrip("\n")]]
        return {"mode": "stdio", "tests": tests, "limits": LIMITS, "checker": {"kind": "any_of", "checker": checker}}
    return {"mode": "stdio", "tests": tests, "limits": LIMITS, "checker": checker}


def _by_verl(url: str, chosen: Sequence[Labelled]) -> list[float]:
    with part("verl", "utils/reward_score/sandbox_fusion") as verl, ThreadPoolExecutor(AT_ONCE) as pool:

        def score(each: Labelled) -> float:
            tests = each.submission["suite"]["tests"]
            cases = {side: [test[side[:-1]] for test in tests] for side in ("inputs", "outputs")}
            found: float = verl.compute_score(url, None, LIMITS["memory_mb"], _fenced(each), cases)[0]
            return found

        return list(pool.map(score, chosen))


async def _by_openrlhf(url: str, chosen: Sequence[Labelled]) -> list[float]:
    import aiohttp  # among the clients' packages

    around = {"AgentExecutorBase": object, "cycle": cycle, "asyncio": asyncio, "aiohttp": aiohttp}
    logger = logging.getLogger("openrlhf")
    taken_out = taken("openrlhf", "utils/agent.py", "SingleTurnAgentExecutor", logger=logger, **around)
    executor = taken_out["SingleTurnAgentExecutor"](url)
    prompt = "<|user|>Solve it.<|assistant|>"

    async def reward(each: Labelled) -> float:
        label = json.dumps(_suite(each, {"kind": "tokens"}))
        [answer] = await executor._fetch_rewards_via_http([f"{prompt}{_fenced(each)}<|end|>"], [prompt], [label])
        return float(answer["rewards"])

    return await asyncio.gather(*map(reward, chosen))


def _fenced(each: Labelled) -> str:
    return f"Here it is.\n\n```python\n{each.submission['code']}\n```"


if __name__ == "__main__":
    main()
