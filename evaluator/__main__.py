"""``python -m evaluator``: the command line ``microcoder``."""

from evaluator.cli import main

main()
