"""The documentation says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.keys import table, table_in
from trainer_client.dataset.config import DatasetConfig, read_config
from trainer_client.dataset.sources import SOURCES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "dataset.md"


def test_the_table_of_keys_is_complete() -> None:
    assert table_in(DOCS) == table(DatasetConfig)


@pytest.mark.parametrize("form", SOURCES)
def test_every_format_is_listed(form: str) -> None:
    text = DOCS.read_text()
    assert f"`{form}`" in text[text.index("## Sources") : text.index("Files are JSON lines")]


def test_the_configurations_shown_are_valid(tmp_path: Path) -> None:
    [shown_yaml] = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (tmp_path / "dataset.yaml").write_text(shown_yaml)
    assert read_config(tmp_path / "dataset.yaml").collect.sources[0].name == "lc"
    demo = read_config(ROOT / "examples" / "dataset" / "demo.yaml")
    assert demo.collect.sources[0].files[0].resolve() == ROOT / "examples"
