"""Conversion of data sets' rows to suites. This is the one place that knows how public sets write their tests.

``suite_of`` and ``read_row`` recognise the shape of a row or a column; ``from_inputs_outputs`` is for one shape. Limits
and checker are the service's defaults (tokens for text, equal JSON values for functions) unless the row states others
or you pass them.
"""

from evaluator.schema.shapes.pairs import RawTests, are_wrapped
from evaluator.schema.shapes.references import codecontests_programs, references_of, unfenced
from evaluator.schema.shapes.row import KNOWN_COLUMNS, TEST_COLUMNS, RowTests, from_inputs_outputs, read_row, suite_of
from evaluator.schema.shapes.stated import limits, open_r1_checker, stated_limits
from evaluator.schema.shapes.values import NoTests, UnknownTests

__all__ = [
    "KNOWN_COLUMNS", "TEST_COLUMNS", "NoTests", "RawTests", "RowTests", "UnknownTests", "are_wrapped",
    "codecontests_programs", "from_inputs_outputs", "limits", "open_r1_checker", "read_row", "references_of",
    "stated_limits", "suite_of", "unfenced",
]  # fmt: skip
