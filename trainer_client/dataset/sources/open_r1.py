"""open-r1's Codeforces: official tests, and checkers as Python programs with a protocol of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from evaluator.schema.shapes import open_r1_checker, stated_limits
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import Problem, Sample
from trainer_client.dataset.sources.source import Collected, RowFault, TableSource, tests_in, text, texts


class OpenR1(TableSource):
    """Reads ``open-r1/codeforces``. ``official_tests_complete`` is true if Codeforces showed all tests completely."""

    columns = ("id", "description", "official_tests")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        if row.get("interaction_format"):
            raise RowFault("no_interactor", "the set has no interactor for an interactive problem")
        if text(row, "input_mode") == "file":
            raise RowFault("file_input", "programs read and write files, not standard input and output")
        stated = stated_limits(row)
        checker = text(row, "generated_checker")
        sections = (("", "description"), ("Input", "input_format"), ("Output", "output_format"), ("Note", "note"))
        return Collected(
            Problem(
                "",
                source_id=text(row, "id"),
                url=f"https://codeforces.com/contest/{row['contest_id']}/problem/{row['index']}"
                if row.get("contest_id") and row.get("index")
                else "",
                title=text(row, "title"),
                statement="\n\n".join(f"{head}\n{text(row, name)}".strip() for head, name in sections if row.get(name)),
                input_format=text(row, "input_format"),
                output_format=text(row, "output_format"),
                platform="codeforces",
                contest=text(row, "contest_id"),
                date=_date(row.get("contest_start")) or text(row, "contest_start_year"),
                tags=texts(row.get("tags")),
                source_difficulty=str(row.get("rating") or ""),
                samples=tuple(Sample(each["input"], each["output"]) for each in row.get("examples") or ()),
                io_mode="stdio",
                tests_complete=bool(row.get("official_tests_complete", True)),
                checker_json=open_r1_checker(checker) if checker else None,
                limits_json=stated,
                limit_origin="stated" if stated and "cpu_s" in stated else "",
            ),
            tests_in({"official_tests": row["official_tests"]}),
        )


def _date(seconds: Any) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat() if seconds else ""
