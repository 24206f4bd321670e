"""Functions are short enough to read at once, and files to read through."""

from __future__ import annotations

import ast

from tests.house.source import ROOT, modules

MAX_LINES = 60
"""Lines of a function, with its signature and docstring."""

MAX_FILE_LINES = 400


def test_no_file_is_longer_than_one_reads_through() -> None:
    lengths = {module.path: len((ROOT / module.path).read_text().splitlines()) for module in modules().values()}
    long = [f"{path} has {length} lines" for path, length in lengths.items() if length > MAX_FILE_LINES]
    assert not long, f"split it by idea; at most {MAX_FILE_LINES} lines:\n" + "\n".join(long)


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{module.path}:{node.lineno}: {node.name} has {length} lines"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MAX_LINES
    ]
    assert not long, f"split it; at most {MAX_LINES} lines:\n" + "\n".join(long)
