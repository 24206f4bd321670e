"""The README says what is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

from evaluator.schema import Limits, Report, Suite, Verdict
from evaluator.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def settings_table() -> list[str]:
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = {
            "workers": "CPUs",
            "data_dir": "`~/.cache/microcoder-evaluator`",
            "python": "—",
            "compat": "all",
        }.get(name)
        rows.append(f"| `MICROCODER_{name.upper()}` | {default or f'`{field.default}`'} | {field.description} |")
    return rows


def test_the_table_of_settings_is_complete() -> None:
    text = README.read_text()
    section = text[text.index("<!-- settings:") : text.index("<!-- /settings -->")]
    assert section.splitlines()[1:] == settings_table()


def test_every_verdict_is_explained() -> None:
    text = README.read_text()
    assert [verdict for verdict in Verdict if f"`{verdict}`" not in text] == []


def test_the_defaults_of_limits_are_stated() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", README.read_text(), re.MULTILINE)
    stated = {name: float(value) for name, value in rows if name in Limits.model_fields}
    assert stated == {name: value for name, value in Limits().model_dump().items() if value is not None}


def test_the_request_shown_is_valid_and_the_answer_has_known_fields() -> None:
    text = README.read_text()
    body = json.loads(text[text.index("-d '{") + 4 : text.index("]}}'") + 3])
    Suite.model_validate(body["suite"])
    answer = text[text.index('{"verdict"') : text.index('"engine": "')]
    top_level = set(re.findall(r'^ {4,5}\{?"(\w+)":', answer, re.MULTILINE))
    assert top_level <= set(Report.model_fields)
