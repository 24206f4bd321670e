"""The comparison with other evaluators: each statement has a source, and each figure was recorded."""

from __future__ import annotations

import re

from tests.docs.tables import DOCS, ROOT

PAGE = (DOCS / "comparison.md").read_text()
NOTHING_FOUND = "–"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head and without the names of the rows."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")][1:] for line in lines[2:]]


def test_every_statement_has_its_source() -> None:
    sources = set(re.findall(r"^\[([\w-]+)\]: https://", PAGE, re.MULTILINE))
    used = set(re.findall(r"\]\[([\w-]+)\]", PAGE))
    assert used == sources
    tables = rows("Services that run programs") + rows("Runners of benchmarks")
    assert len(tables) > 20
    licence = "Apache-2.0"  # ours is in the repository
    assert [cell for row in tables for cell in row if "](" not in cell and "][" not in cell] == [
        cell for row in tables for cell in row if cell in (NOTHING_FOUND, licence)
    ]


def test_every_figure_was_recorded() -> None:
    records = (ROOT / "benchmarks/RESULTS.md").read_text() + (ROOT / "benchmarks/tricky/RESULTS.md").read_text()
    cells = {cell for line in records.splitlines() if line.startswith("|") for cell in line.strip("|").split(" | ")}
    known = {cell.strip() for cell in cells}
    rounded = {str(round(float(cell))) for cell in known if re.fullmatch(r"\d+\.\d", cell)}
    figures = [figure.split(" of ")[0] for row in rows("Measured") for figure in row]
    assert len(figures) == 27
    assert [figure for figure in figures if figure not in known | rounded] == []
