"""The terminal. Texts of programs, files and models are shown as they are: nothing in them is a command.

Rich reads ``[red]`` and ``:smile:`` in texts, and terminals obey control characters: a program could clear the screen,
set the window's title, or hide a line.
"""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line feed, those that turn the direction of writing, and halves of surrogate pairs,
which cannot be written."""


class Terminal(Console):
    """A console that takes no markup. What has a style is made by ``styled``. Lines are not wrapped, so that they stay
    whole in a pipe."""

    def __init__(self, *, stderr: bool = False, width: int | None = None, quiet: bool = False) -> None:
        super().__init__(
            stderr=stderr, width=width, quiet=quiet, soft_wrap=True, markup=False, emoji=False, highlight=False
        )

    def print_table(self, table: Table) -> None:
        """Print a table, whose cells are wrapped where they are too long."""
        self.print(table, soft_wrap=False)

    def render_str(self, text: str, **options: Any) -> Text:
        """Render a text of ``print``, or of a table's cell."""
        return super().render_str(visible(text), **options)


def visible(text: str) -> str:
    """Return a text with what a terminal would obey written as escapes, such as ``\\x1b``."""
    return _COMMANDS.sub(_escape, text)


def styled(*parts: str | tuple[str, str]) -> Text:
    """Join texts, and pairs of a text and its style."""
    pairs = [(part, "") if isinstance(part, str) else part for part in parts]
    return Text.assemble(*((visible(text), style) for text, style in pairs))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
