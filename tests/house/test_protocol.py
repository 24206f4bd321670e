"""The protocol's header says what ``protocol.py`` says."""

from __future__ import annotations

from tests.house import header


def test_the_header_is_written_from_the_protocol() -> None:
    assert header.HEADER.read_text() == header.text(), "write it anew: python -m tests.house.header"
