"""``microcoder diagnose``: exit codes, the table, JSON, the page, and logs that are followed."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evaluator.cli.app import app
from tests.diagnosis.simulated import LIMIT, SimulatedRun
from trainer_client.diagnosis.sources import LogFiles, follow_steps


def rows(run: SimulatedRun, count: int) -> list[dict[str, Any]]:
    return [
        row
        for step in run.steps(count)
        for row in (
            *(
                {"step": step.number, "group": str(number), "tokens": each.tokens, "length": each.length}
                | {"verdict": each.verdict, "strict": each.strict}
                for number, group in enumerate(step.groups)
                for each in group
            ),
            {"step": step.number, "metrics": dict(step.logged)},
        )
    ]


def log(file: Path, run: SimulatedRun, count: int) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows(run, count)))
    return file


def diagnose(*arguments: Any) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["diagnose", *map(str, arguments)])
    return done.exit_code, done.output


class Balance(HTMLParser):
    """Tags that are open, and addresses that the page names."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "rect", "line", "polyline", "polygon"):
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that ends itself opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_healthy_run_ends_with_0_and_one_that_drifts_with_2(tmp_path: Path) -> None:
    healthy = log(tmp_path / "healthy.jsonl", SimulatedRun(1), 15)
    code, text = diagnose(healthy, "--rho", 0.2, "--max-length", LIMIT)
    assert (code, "pressure" in text, "rho*" in text) == (0, True, True)
    drifting = log(tmp_path / "drifting.jsonl", SimulatedRun(1, "truncation", 10), 30)
    code, text = diagnose(drifting, "--rho", 0.2, "--max-length", LIMIT)
    assert code == 2
    assert re.search(r"truncation: \d+% of completions were cut", text)


def test_json_and_the_page_hold_the_run(tmp_path: Path) -> None:
    file = log(tmp_path / "run.jsonl", SimulatedRun(1, "truncation", 10), 30)
    code, text = diagnose(file, "--rho", 0.2, "--max-length", LIMIT, "--html", tmp_path / "run.html", "--json")
    report = json.loads(text)
    assert (code, len(report["steps"]), report["steps"][0]["step"]) == (2, 30, 1)
    assert "truncation" in {alarm["rule"] for alarm in report["alarms"]}
    page = (tmp_path / "run.html").read_text()
    parser = Balance()
    parser.feed(page)
    assert (parser.open, parser.addresses) == ([], [])
    assert "url(" not in page
    assert all(title in page for title in ("length pressure", "diversity", "wrong_answer", "truncation"))


def test_wrong_input_is_a_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    for arguments in ([empty], [tmp_path / "missing"], [empty, "--rho", "2"]):
        assert diagnose(*arguments)[0] != 0


class Clock:
    """Stands in for ``time``: only who sleeps makes it later."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def monotonic(self) -> float:
        return self._now_s

    def sleep(self, seconds: float) -> None:
        self._now_s += seconds


def test_a_log_is_followed_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text("")
    written = [{"step": number, "length": 3 + number, "reward": 1.0} for number in (1, 2, 3)]
    monkeypatch.setattr("trainer_client.diagnosis.sources.time", Clock())
    followed = follow_steps(LogFiles([file]), idle_s=1.0, poll_s=0.4)

    def look() -> list[int]:
        """Return the numbers of the steps that the next look finds."""
        return [step.number for step in iter(lambda: next(followed), None)]

    with file.open("a") as stream:
        found = []
        for row in written[:2]:
            # A row in two writes: half of it is no row yet.
            text = json.dumps(row) + "\n"
            for part in (text[:9], text[9:]):
                stream.write(part)
                stream.flush()
                found.append(look())
        assert found == [[], [], [], [1]]  # a step is whole once the next one begins
        stream.write(json.dumps(written[2]))  # without an end: read when nothing more comes
    assert [step.number for step in followed if step is not None] == [2, 3]


def test_a_followed_run_tells_alarms_at_once_and_ends_with_2(tmp_path: Path) -> None:
    file = log(tmp_path / "run.jsonl", SimulatedRun(1, "truncation", 10), 30)
    code, text = diagnose(file, "--max-length", LIMIT, "--follow", "--idle", 0.01, "--json")
    alarms = [json.loads(line) for line in text.splitlines()]
    assert code == 2
    assert "truncation" in {alarm["rule"] for alarm in alarms}


@pytest.mark.parametrize("option", ["--idle"])
def test_numbers_below_zero_are_refused(option: str, tmp_path: Path) -> None:
    assert diagnose(tmp_path, option, -1)[0] == 2
