"""No body costs the service anything, and each has an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz import wire
from tests.fuzz.findings import LEAST, search

SECONDS = (5, 20)
"""The longer time is left to ``make matrix``."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wire.Wire]:
    with wire.served(tmp_path_factory.mktemp("wire")) as client:
        yield client


def test_what_is_changed_is_right_before(served: wire.Wire) -> None:
    """Nothing would be learnt from changes to what is refused anyway."""
    for asked in wire.RIGHT:
        response = served.answer(asked)
        assert response.is_success, (asked, response.text)


@pytest.mark.parametrize("seconds", SECONDS)
def test_a_request_that_is_nearly_right_has_an_answer_and_costs_nobody_anything(
    served: wire.Wire, seconds: float
) -> None:
    tried, findings = search(wire.requests(), served.holds, seconds, seed=1)
    assert findings == []
    assert tried >= LEAST
