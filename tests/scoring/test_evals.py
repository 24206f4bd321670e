"""Plug-ins for evaluation harnesses, called by the harnesses' own code. They are left out where a harness is not
installed: ``pip install inspect-ai`` and ``pip install lighteval``."""

from __future__ import annotations

import io
import json
import tarfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from evaluator.local import LocalService
from tests.scoring.test_livecodebench import ADD
from trainer_client.evals.working_files import WorkingFiles

TESTS = {"mode": "stdio", "tests": [{"input": "1 2", "output": "3"}]}
RIGHT = f"So:\n```python\n{ADD}\n```\n"


needs_inspect = pytest.mark.skipif(find_spec("inspect_ai") is None, reason="inspect-ai is not installed")
needs_lighteval = pytest.mark.skipif(find_spec("lighteval") is None, reason="lighteval is not installed")


@pytest.fixture
def _address(shared_service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROCODER_URL", shared_service.url)


def _answers(texts: list[str]) -> Any:
    """A solver that says one text for each sample. (Inspect's own mock of a model loads a tokenizer from the internet.)"""
    from inspect_ai.model import ModelOutput
    from inspect_ai.solver import Generate, TaskState, solver

    @solver
    def answers() -> Any:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            state.output = ModelOutput.from_content("m", texts[int(state.sample_id) - 1])
            return state

        return solve

    return answers()


@needs_inspect
@pytest.mark.usefixtures("_address")
def test_inspect_scores_answers(tmp_path: Path) -> None:
    import inspect_ai
    from inspect_ai.dataset import Sample

    from trainer_client.evals.inspect_ai import microcoder

    answers = [RIGHT, "```python\nprint(4)\n```", "I do not know."]
    task = inspect_ai.Task(
        dataset=[Sample(input="Add.", metadata={"tests": TESTS}, id=number + 1) for number in range(3)],
        solver=_answers(answers),
        scorer=microcoder(tests="tests"),
    )
    [log] = inspect_ai.eval(task, model="mockllm/model", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    scores = [sample.scores["microcoder"] for sample in log.samples]
    assert [each.value for each in scores] == ["C", "I", "I"]
    assert [each.metadata["verdict"] for each in scores] == ["accepted", "wrong_answer", "no_code"]
    assert scores[1].explanation.startswith("wrong_answer: ")
    assert log.results.scores[0].metrics["accuracy"].value == pytest.approx(1 / 3)


@needs_inspect
@pytest.mark.usefixtures("_address")
def test_inspect_does_not_count_what_was_not_judged(tmp_path: Path) -> None:
    import inspect_ai
    from inspect_ai.dataset import Sample

    from trainer_client.evals.inspect_ai import microcoder

    broken = {"mode": "program", "program": {"test_code": "assert f() == 1", "reference": "def f(): return 2"}}
    task = inspect_ai.Task(
        dataset=[Sample(input="?", metadata={"tests": broken})],
        solver=_answers(["```python\ndef f(): pass\n```"]),
        scorer=microcoder("tests"),
    )
    [log] = inspect_ai.eval(task, model="mockllm/model", log_dir=str(tmp_path), display="none")
    assert log.status == "error"
    assert "judge_error: the suite's own reference does not pass" in log.error.message


@needs_inspect
@pytest.mark.usefixtures("_address")
def test_inspect_s_tools_run_in_the_sandbox(tmp_path: Path) -> None:
    import inspect_ai
    from inspect_ai.dataset import Sample
    from inspect_ai.solver import Generate, TaskState, solver
    from inspect_ai.util import sandbox

    import trainer_client.evals.inspect_ai  # noqa: F401  # as Inspect does for installed plug-ins

    told: dict[str, Any] = {}

    @solver
    def commands() -> Any:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            box = sandbox()
            told["given"] = await box.read_file("data/in.txt")
            await box.write_file("tool.py", "import sys\nopen('out.txt', 'w').write(sys.stdin.read().upper())\n")
            first = await box.exec(["python3", "tool.py"], input="text")
            told["first"] = (first.success, first.stderr)
            told["kept"] = await box.read_file("out.txt")
            later = await box.exec(["sh", "-c", "echo $WORD; cat ../out.txt; exit 3"], cwd="data", env={"WORD": "a b"})
            told["later"] = (later.returncode, later.stdout)
            for name, call in (
                ("timeout", lambda: box.exec(["sleep", "30"], timeout=1, timeout_retry=False)),
                ("elsewhere", lambda: box.read_file("/etc/passwd")),
                ("absent", lambda: box.read_file("absent")),
            ):
                try:
                    await call()
                except Exception as error:
                    told[name] = error
            return state

        return solve

    task = inspect_ai.Task(
        dataset=[Sample(input="?", files={"data/in.txt": "given"})], solver=commands(), sandbox="microcoder"
    )
    [log] = inspect_ai.eval(task, model="mockllm/model", log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    assert (told["given"], told["first"], told["kept"]) == ("given", (True, ""), "TEXT")
    assert told["later"] == (3, "a b\nTEXT")
    for name, kind in (("timeout", TimeoutError), ("elsewhere", PermissionError), ("absent", FileNotFoundError)):
        assert isinstance(told[name], kind), told


@needs_lighteval
@pytest.mark.usefixtures("_address")
def test_lighteval_s_metric_is_judged_here() -> None:
    from lighteval.models.model_output import ModelResponse
    from lighteval.tasks.lighteval_task import Doc

    from trainer_client.evals.lighteval import microcoder_metric

    doc = Doc(
        task_name="lcb", query="Add.", choices=[""], gold_index=0,
        specific={"inputs": ["1 2\n", "5 5\n"], "outputs": ["3\n", "10\n"], "fn_name": None},
    )  # fmt: skip
    answers = ModelResponse(text=[RIGHT, "```python\nprint(3)\n```", f"```python\n{ADD}\nsys.exit(1)\n```"])
    own = microcoder_metric("codegen_pass@1:3")
    assert own.compute_sample(model_response=answers, doc=doc) == {"codegen_pass@1:3": pytest.approx(1 / 3)}
    theirs = microcoder_metric("codegen_pass@1:3", rules="lighteval")
    assert theirs.compute_sample(model_response=answers, doc=doc) == {"codegen_pass@1:3": pytest.approx(2 / 3)}
    function = Doc(
        task_name="lcb", query="Double.", choices=[""], gold_index=0,
        specific={"inputs": ["4"], "outputs": ["8"], "fn_name": "double"},
    )  # fmt: skip
    answer = ModelResponse(text=["```python\nclass Solution:\n    def double(self, n):\n        return 2 * n\n```"])
    assert own.compute_sample(model_response=answer, doc=function) == {"codegen_pass@1:3": 1.0}


def test_an_archive_that_a_program_wrote_leads_nowhere() -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, kind in (("./a/b", tarfile.REGTYPE), ("../up", tarfile.REGTYPE), ("/abs", tarfile.REGTYPE),
                           ("link", tarfile.SYMTYPE), ("pipe", tarfile.FIFOTYPE)):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member, io.BytesIO())
    files = WorkingFiles()
    files.unpack(data.getvalue())
    assert files.read("a/b") == b""
    again = WorkingFiles()
    again.unpack(files.packed())
    assert again.read("a/b") == b""
    for name, error in (
        ("up", FileNotFoundError),
        ("link", FileNotFoundError),
        ("/abs", PermissionError),
        ("../up", PermissionError),
    ):
        with pytest.raises(error):
            files.read(name)
    with pytest.raises(IsADirectoryError):
        files.write("a", b"")
    assert json.dumps(sorted(files._files)) == '["a/b"]'
