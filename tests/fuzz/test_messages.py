"""The helper in C reads no byte that is not a message's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import messages

SECONDS = (4, 15)
"""The longer time is left to ``make matrix``."""


@pytest.mark.parametrize("seconds", SECONDS)
def test_no_message_makes_the_helper_in_c_read_or_write_beyond_it(tmp_path: Path, seconds: int) -> None:
    try:
        binary = messages.build(tmp_path)
    except messages.NoFuzzer as error:
        pytest.skip(str(error))
    found = messages.fuzz(binary, tmp_path, seconds, seed=1)
    assert found.findings == []
    assert found.executions > 100
