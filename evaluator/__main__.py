"""``python -m evaluator`` is ``microcoder``."""

from evaluator.cli import main

main()
