"""The harness of JavaScript and TypeScript: a program of its own, which loads the submission as a module."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.harness.native import nodes

SUBMISSION = "solution.js"


def around(files: Mapping[str, bytes], main: str) -> dict[str, bytes]:
    """The files of a program with the harness in the place of the submission, which lies beside it."""
    return {**files, SUBMISSION: files[main], main: nodes.text("function.js")}
