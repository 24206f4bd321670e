"""Suites of mode program, prepared: which slots judge them."""

from __future__ import annotations

import pytest

from evaluator.grading.prepared import PreparedTest
from evaluator.sealing.preparation import seal

_CASE = "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(f(1), 2)\n"
_PYTEST = "import pytest\nfrom solution import f\ndef test_a(): assert f(1) == 2\n"
_APPROX = "import pytest\nfrom solution import f\ndef test_a(): assert f(1) == pytest.approx(2)\n"
_ARRAYS = "import numpy as np\nfrom solution import f\ndef test_a(): assert f(np.zeros(2)).sum() == 2\n"
_MOCK = "from unittest.mock import Mock\nm = Mock()\nf(m)\nm.assert_called_once_with(1)\n"


@pytest.mark.parametrize(
    ("text", "runtime"),
    [(_CASE, "judge"), (_PYTEST, "judge"), (_APPROX, "tests"), (_ARRAYS, "tests"), (_MOCK, "tests")],
    ids=["unittest", "pytest", "approx", "arrays", "mock"],
)
def test_the_outer_judge_has_no_library_that_conditions_do_not_need(text: str, runtime: str) -> None:
    assert PreparedTest(sealed=seal(text).to_json()).judge_runtime == runtime
