"""Suites from what data sets hold; the service knows the same shapes (``evaluator.schema.shapes``)."""

from evaluator.schema.shapes import (
    KNOWN_COLUMNS,
    TEST_COLUMNS,
    RowTests,
    UnknownTests,
    from_inputs_outputs,
    read_row,
    references_of,
    suite_of,
)

__all__ = [
    "KNOWN_COLUMNS", "TEST_COLUMNS", "RowTests", "UnknownTests", "from_inputs_outputs", "read_row", "references_of",
    "suite_of",
]  # fmt: skip
