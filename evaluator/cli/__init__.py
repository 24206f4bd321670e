"""The command line, ``microcoder``. Exit codes: 0 graded, 2 wrong usage or input, 3 service or judge fault."""

from evaluator.cli.app import main

__all__ = ["main"]
