"""``microcoder check`` names the rows of a data set that cannot be used, and the references that are not accepted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.client.rows import LONGEST, REFUSED, ROWS, STDIO, SUM
from tests.command import microcoder
from tests.end_to_end.conftest import Client


def written(file: Path, rows: Sequence[Any]) -> Path:
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


def test_every_published_shape_is_found_and_every_reference_accepted(tmp_path: Path, client: Client) -> None:
    file = written(tmp_path / "rows.jsonl", [row.columns for row in ROWS.values()])
    done = microcoder("check", file, "--grade", "--json", "--server", client.service.url)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [finding["number"] for finding in findings] == list(range(1, len(ROWS) + 1))
    assert [finding["shape"] for finding in findings] == [row.shape for row in ROWS.values()]
    assert [finding["refusal"] for finding in findings] == [""] * len(ROWS)
    assert [bool(finding["verdict"]) for finding in findings] == [row.has_reference for row in ROWS.values()]
    assert {finding["verdict"] for finding in findings} == {"", "accepted"}


def test_a_row_that_cannot_be_used_is_named_by_its_number(tmp_path: Path) -> None:
    rows = [row for row, _ in REFUSED.values()]
    file = written(tmp_path / "rows.jsonl", [STDIO, *rows])
    done = microcoder("check", file)
    assert done.returncode == 2
    assert f"{len(rows) + 1} rows; {len(rows)} cannot be used" in done.stdout
    for number, (_, sentence) in enumerate(REFUSED.values(), 2):
        assert f"row {number}: " in done.stdout, sentence


def test_a_reference_that_is_not_accepted_is_named(tmp_path: Path, client: Client) -> None:
    rows = [
        {**STDIO, "id": "a", "solutions": [SUM]},
        {**STDIO, "id": "b", "solutions": [LONGEST]},
        {**STDIO, "id": "c"},
    ]
    done = microcoder("check", written(tmp_path / "rows.jsonl", rows), "--grade", "--server", client.service.url)
    assert done.returncode == 2
    assert "2 rows have a reference; 1 are accepted; 1 wrong_answer" in done.stdout
    assert "row 2 (id 'b'): its reference gets wrong_answer: " in done.stdout


def test_long_lists_are_cut_and_say_so(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", [{"prompt": "x"}] * 30)
    done = microcoder("check", file, "--shown", "3")
    assert done.stdout.count("a row needs its tests in a known shape") == 3
    assert "and 27 more" in done.stdout
    assert "5 rows; 5 cannot be used" in microcoder("check", file, "--limit", "5").stdout


def test_where_no_row_can_be_used_it_says_what_to_do_in_the_place_of_an_empty_table(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", [{"prompt": "x", "unit_test_list": ["assert f()"]}] * 2)
    output = microcoder("check", file).stdout
    assert "No row can be used, for the same reason. If a column of another name holds the tests" in output
    assert "it has: prompt, unit_test_list" in output
    assert "tests in a row" not in output  # the table's head
    assert "No row has tests in the column mine" in microcoder("check", file, "--column", "mine").stdout


def test_the_column_may_be_named(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", [{"mine": STDIO, "language": "cpp"}, {"mine": None}])
    done = microcoder("check", file, "--column", "mine", "--json")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["mode"], first["language"], first["tests"]) == ("stdio", "cpp", 2)
    assert second["refusal"] == "there is nothing in the column mine"


def test_a_table_of_arrow_is_read(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    rows = [{"tests": [{"input": "1 2\n", "output": "3\n"}], "language": None}, {"tests": [], "language": "en"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
    done = microcoder("check", tmp_path)
    assert done.returncode == 2
    assert "row 2: there are no tests in tests" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("rows.jsonl", None, "does not exist"),
        ("rows.txt", "x", "not a known kind of file"),
        ("rows.jsonl", "", "the files have no rows"),
    ],
)
def test_files_that_cannot_be_read_are_a_sentence(
    tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    done = microcoder("check", tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_a_line_that_is_no_json_is_a_row_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"inputs": ["1"], "outputs": ["1"]}\n{"inputs":\n')
    done = microcoder("check", tmp_path / "rows.jsonl")
    assert done.returncode == 2
    assert "row 2: " in done.stdout
    assert "not JSON" in done.stdout
