"""``microcoder`` as it is typed."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from evaluator.cli import settings as cli_settings
from evaluator.cli.errors import BadInput
from evaluator.engine import ENGINE, VERSION
from evaluator.settings import Settings
from tests.command import microcoder as run_here
from tests.command import run_python
from tests.end_to_end.conftest import RIGHT, SUM, WRONG, Client

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def microcoder(data_dir: Path, tmp_path: Path) -> Run:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {"MICROCODER_DATA_DIR": str(data_dir), **environment}
        return run_python(["-m", "evaluator", *arguments], tmp_path, **settings)

    return run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    contents: dict[str, Any] = {
        "suite.json": json.dumps(SUM),
        "right.py": RIGHT,
        "wrong.py": WRONG,
        "right.c": '#include <stdio.h>\nint main(void) { int a, b; scanf("%d%d", &a, &b); printf("%d", a + b); }',
        "answer.md": f"Here it is:\n```python\n{RIGHT}\n```\n",
        "submission.json": json.dumps({"code": RIGHT, "suite": SUM}),
        "many.jsonl": "\n".join(json.dumps({"id": f"n{i}", "code": RIGHT if i else WRONG}) for i in range(3)),
        "broken.json": '{"code": ',
        "unknown.json": json.dumps({"code": RIGHT, "suite": SUM, "colour": "red"}),
        "program.xyz": "?",
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "latin.py").write_bytes(b"# \xe9")
    return tmp_path


def test_many_kinds_of_files_are_graded_together(microcoder: Run, files: Path, client: Client) -> None:
    targets = ["right.py", "wrong.py", "right.c", "answer.md", "submission.json", "many.jsonl"]
    done = microcoder("grade", *targets, "--suite", "suite.json", "--server", client.service.url, "--json")
    assert done.returncode == 0, done.stderr
    reports = {report["id"]: report["verdict"] for report in map(json.loads, done.stdout.splitlines())}
    assert reports == {
        "right.py": "accepted",
        "wrong.py": "wrong_answer",
        "right.c": "accepted",
        "answer.md": "accepted",
        "submission.json": "accepted",
        "n0": "wrong_answer",
        "n1": "accepted",
        "n2": "accepted",
    }


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"])
def test_lines_of_submissions_and_reports_end_at_line_feeds_alone(
    microcoder: Run, tmp_path: Path, client: Client, end: str
) -> None:
    suite = {"mode": "stdio", "tests": [{"input": "", "output": end}]}
    rows = [{"id": f"{n}{end}", "code": f"print('{end}')", "suite": suite} for n in range(2)]
    (tmp_path / "many.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    done = microcoder("grade", "many.jsonl", "--server", client.service.url, "--json")
    assert done.returncode == 0, done.stderr
    reports = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert [(each["id"], each["verdict"]) for each in reports] == [(row["id"], "accepted") for row in rows]


def test_without_a_server_one_is_started_and_stopped(microcoder: Run, files: Path) -> None:
    done = microcoder("grade", "wrong.py", "--suite", "suite.json", MICROCODER_LOG_LEVEL="info")
    assert done.returncode == 0, done.stderr
    for said in ("wrong_answer", "20 22", "token 1 is '3', expected '42'"):
        assert said in done.stdout
    # It stops at the test that fails, which runs first where services on this machine have learnt that it does.
    assert "1/2" in done.stdout or "0/2" in done.stdout
    notice, *lines = done.stderr.splitlines()
    assert notice == "neither --server nor MICROCODER_URL: a service is started here, for as long as this takes"
    events = [json.loads(line) for line in lines]
    [graded] = [event for event in events if event["event"] == "graded"]
    assert (graded["verdict"], graded["language"]) == ("wrong_answer", "python")
    assert graded["request_id"]
    assert WRONG not in done.stderr, "the log never has a program's text"
    assert "20 22" not in done.stderr


def test_the_service_that_the_variable_names_is_asked(microcoder: Run, files: Path, client: Client) -> None:
    def graded(url: str, *options: str) -> subprocess.CompletedProcess[str]:
        return microcoder("grade", "right.py", "--suite", "suite.json", *options, MICROCODER_URL=url)

    there, nowhere = client.service.url, "http://127.0.0.1:9"
    done = graded(there)
    assert (done.returncode, done.stderr) == (0, f"MICROCODER_URL: the service at {there} is asked\n")
    assert (graded(there, "--server", nowhere).returncode, graded(nowhere).returncode) == (3, 3)
    done = graded("judge:8000")
    assert done.returncode == 2
    assert "MICROCODER_URL must be a url like" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "absent.py", "--suite", "suite.json"], "absent.py: No such file"),
        (["grade", "right.py"], "--suite"),
        (["grade", "right.py", "--suite", "broken.json"], "broken.json: not a valid suite"),
        (["grade", "broken.json"], "broken.json: this is not JSON"),
        (["grade", "unknown.json"], "colour"),
        (["grade", "program.xyz", "--suite", "suite.json"], "give --language"),
        (["grade", "latin.py", "--suite", "suite.json"], "not UTF-8"),
        (["grade"], "Missing argument"),
        (["frobnicate"], "No such command"),
        (["score", "humanevl", "samples.jsonl"], "did you mean humaneval?"),
        (["score", "gibberish", "samples.jsonl"], "mbpp-sanitized"),
    ],
)
def test_a_mistake_is_named_and_exits_2(files: Path, arguments: list[str], said: str) -> None:
    done = run_here(*arguments, cwd=files)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_service_refuses_exits_2(microcoder: Run, files: Path, client: Client) -> None:
    arguments = ("grade", "right.py", "--suite", "suite.json", "--language", "klingon", "--server", client.service.url)
    done = microcoder(*arguments)
    assert done.returncode == 2
    assert "klingon" in done.stderr


def test_a_service_out_of_reach_exits_3(microcoder: Run, files: Path) -> None:
    done = microcoder("grade", "right.py", "--suite", "suite.json", "--server", "http://127.0.0.1:1")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_a_service_that_cannot_work_says_why_and_exits_3(microcoder: Run) -> None:
    done = microcoder("serve", "--port", "0", MICROCODER_PYTHON="/nowhere/python")
    assert done.returncode == 3
    assert "/nowhere/python" in done.stderr


def test_the_doctor_finds_what_works_here(microcoder: Run) -> None:
    done = microcoder("doctor", "--json")
    assert done.returncode == 0, done.stderr
    findings = json.loads(done.stdout)
    assert {tier["name"]: tier["works"] for tier in findings["tiers"]}[findings["tier"]]
    assert {finding["name"] for finding in findings["mechanisms"]} >= {"user namespace", "seccomp", "landlock"}
    assert findings["languages"]["python"].startswith("Python 3")
    assert "namespaces" in microcoder("doctor").stdout


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MICROCODER_PORT", "http", "MICROCODER_PORT: it must be a valid integer, for example MICROCODER_PORT=8000"),
        ("MICROCODER_MIN_ISOLATION", "strong", "MICROCODER_MIN_ISOLATION: it must be 'namespaces', 'landlock' or"),
        ("MICROCODER_COMPAT", "piston", "MICROCODER_COMPAT: this is not JSON"),
        ("MICROCODER_WORKER", "2", "MICROCODER_WORKER is no setting: write MICROCODER_WORKERS"),
        ("MICROCODER_COMPAT", '["kattis"]', "MICROCODER_COMPAT: it must be 'execeval'"),
        ("MICROCODER_REDIS_URL", "http://u:secret@h", "MICROCODER_REDIS_URL: it must begin with redis://, rediss://"),
        ("MICROCODER_REDIS_URL", "redis://h:70000", "MICROCODER_REDIS_URL: its port must be a number up to 65535"),
        ("MICROCODER_TRACES", "perhaps", "MICROCODER_TRACES: it must be a valid boolean"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_exits_2(variable: str, value: str, said: str) -> None:
    done = run_here("doctor", **{variable: value})
    assert (done.returncode, done.stderr.startswith(f"error: {said}")) == (2, True), done.stderr
    assert "secret" not in done.stderr
    assert done.stderr.count("\n") == 1, "one sentence"
    assert "is no setting" in said or f"for example {variable}=" in done.stderr


def test_every_setting_has_an_example_that_it_takes() -> None:
    for name in Settings.model_fields:
        with pytest.raises(BadInput) as refused:
            cli_settings.read({name: object()})
        option, example = shlex.split(str(refused.value).splitlines()[0].partition(", for example ")[2])
        assert option == f"--{name.replace('_', '-')}"
        with patch.dict(os.environ, {f"MICROCODER_{name.upper()}": example}):
            cli_settings.read({})


def test_a_variable_that_nothing_reads_is_named(microcoder: Run) -> None:
    done = microcoder("worker", MICROCODER_REDIS="x", MICROCODER_URL="http://here", MICROCODER_REDIS_URL="")
    warning, error = done.stderr.splitlines()
    assert json.loads(warning)["event"] == (
        "MICROCODER_REDIS is no setting and has no effect; did you mean MICROCODER_REDIS_URL?"
    )
    assert error == "error: a worker needs a Redis: give --redis-url, or set MICROCODER_REDIS_URL"
    assert list(
        cli_settings.unknown_variables(["MICROCODER_ODD", "PATH", "MICROCODER_API_KEY", "MICROCODER_PORT"])
    ) == ["MICROCODER_ODD is no setting and has no effect"]


def test_an_option_that_cannot_be_used_is_named_and_exits_2() -> None:
    done = run_here("serve", "--workers", "0")
    assert (done.returncode, done.stderr.startswith("error: --workers: it must be")) == (2, True), done.stderr


def test_an_address_that_is_taken_is_named(microcoder: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        done = microcoder("serve", "--port", str(port), "--workers", "1")
    assert done.returncode == 3
    assert f"127.0.0.1:{port}: Address already in use; choose another --port or --host" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment"), [(["grade", "absent.py"], {}), (["doctor"], {"MICROCODER_PORT": "http"})]
)
def test_a_process_says_the_same_as_the_command_in_the_test_s_own(
    microcoder: Run, arguments: list[str], environment: dict[str, str]
) -> None:
    typed, here = microcoder(*arguments, **environment), run_here(*arguments, columns=120, **environment)
    assert (typed.returncode, typed.stderr) == (here.returncode, here.stderr)


def test_it_says_its_version_and_its_engine() -> None:
    done = run_here("--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"microcoder {VERSION}, engine {ENGINE}\n"


def test_a_shell_completes_commands_and_options() -> None:
    def completed(line: str) -> list[str]:
        words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        return run_here(_MICROCODER_COMPLETE="complete_bash", **words).stdout.split()

    assert completed("microcoder sc") == ["score"]
    assert completed("microcoder score l") == ["livecodebench"]
    assert completed("microcoder serve --api") == ["--api-processes"]
    script = run_here(_MICROCODER_COMPLETE="source_bash").stdout  # --show-completion asks which shell started it
    assert script.rstrip().endswith("complete -o default -F _microcoder_completion microcoder")
