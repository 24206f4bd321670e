"""Other people's clients of Judge0 and Piston, as PyPI and npm have them, unmodified where they are installed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evaluator.local import LocalService
from tests.compat.conftest import DOUBLES, released
from tests.waiting import until

PYTHON = 71
PISTON_CLIENT = Path(os.environ.get("MICROCODER_PISTON_CLIENT", "node_modules/piston-client/index.js"))
"""npm's, with what it needs beside it."""


def test_judge0api(service: LocalService) -> None:
    judge0api = released("judge0api")
    client = judge0api.Client(service.url, auth_token="token", auth_user="user")
    code = DOUBLES.encode()
    judged = judge0api.submission.submit(client, code, PYTHON, stdin=b"21", expected_output=b"42", stack_limit=64000)
    judged.load(client)
    assert (judged.status["id"], judged.stdout) == (3, b"42\n")


def test_judge0_api_wrapper(service: LocalService) -> None:
    released("judge0_api_wrapper")
    wrapper = released("judge0_api_wrapper.judge0")
    client = wrapper.Judge0(service.url, "token", "user")
    asked = wrapper.CreateSubmission(source_code=DOUBLES, language_id=PYTHON, stdin="21", expected_output="42")
    entries = client.submit_batch([asked, asked])
    until(lambda: all(status == wrapper.Status.ACCEPTED for status in client.get_statuses(entries)), "both are judged")
    assert [result.stdout for result in client.get_results(entries)] == ["42\n"] * 2


def test_judge0_client(service: LocalService) -> None:
    released("judge0_client")
    make = released("judge0_client.client").Judge0Client
    asked = released("judge0_client.models.single_file_submission").SingleFileSubmission

    async def ask() -> tuple[Any, ...]:
        async with make(service.url) as client:
            created = await client.create_submission(asked(source_code=DOUBLES, language_id=PYTHON, stdin="21"))
            for _ in range(600):
                judged = await client.get_submission(created.token)
                if judged.status.id > 2:
                    break
                await asyncio.sleep(0.05)
            return judged.stdout, await client.get_about(), await client.get_isolate(), await client.get_license()

    stdout, about, isolate, license_text = asyncio.run(ask())
    assert (stdout, about.version) == ("42\n", "1.13.1")
    assert isolate
    assert license_text


def test_ultra_piston(service: LocalService) -> None:
    piston = released("ultra_piston")
    client = piston.PistonClient(base_url=f"{service.url}/api/v2/", rate_limit=0)
    assert client.post_execute("python", "*", piston.File(content=DOUBLES), stdin="21").run.output == "42\n"
    assert "python" in {runtime.language for runtime in client.get_runtimes()}


def test_aiopyston(service: LocalService) -> None:
    pyston = released("pyston")

    async def ask() -> str:
        client = pyston.PystonClient(base_url=f"{service.url}/api/v2/")
        try:
            return str(await client.execute("python", [pyston.File(DOUBLES)], stdin="21"))
        finally:
            await client.close_session()

    assert "42" in asyncio.run(ask())


def test_npm_s_piston_client(service: LocalService, tmp_path: Path) -> None:
    if shutil.which("node") is None or not PISTON_CLIENT.is_file():
        pytest.skip("no Node, or no piston-client (npm install piston-client)")
    script = tmp_path / "ask.mjs"
    asked = f"await piston({{server: '{service.url}'}}).execute('python', {json.dumps(DOUBLES)}, {{stdin: '21'}})"
    script.write_text(
        f"import piston from {json.dumps(str(PISTON_CLIENT.resolve()))};\nconsole.log(JSON.stringify({asked}));"
    )
    done = subprocess.run(["node", str(script)], capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout)["run"]["stdout"] == "42\n"
