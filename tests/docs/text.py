"""Reading pages of Markdown."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Fence:
    """A fenced code block: its language, its title if it has one, and its text."""

    language: str
    title: str
    content: str


def fences(page: Path) -> list[Fence]:
    """Return the fenced code blocks of a page, in order."""
    found = [token for token in MarkdownIt().parse(page.read_text()) if token.type == "fence"]
    return [Fence(_language(token.info), _title(token.info), token.content) for token in found]


def files(page: Path) -> dict[str, str]:
    """Return the fenced code blocks that have a file's name as their title, by that name."""
    return {fence.title: fence.content for fence in fences(page) if fence.title}


def _language(info: str) -> str:
    return info.split()[0] if info.strip() else ""


def _title(info: str) -> str:
    found = _TITLE.search(info)
    return found[1] if found else ""


def links(page: Path) -> list[str]:
    """List the targets of the links and images of a page."""
    inline = [
        child
        for token in MarkdownIt("commonmark").enable("table").parse(page.read_text())
        for child in token.children or ()
    ]
    found = [child.attrGet("href") or child.attrGet("src") for child in inline if child.type in ("link_open", "image")]
    return [str(link) for link in found if link]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the site make them."""
    tokens = MarkdownIt().parse(page.read_text())
    titles = [heading.content for opening, heading in itertools.pairwise(tokens) if opening.type == "heading_open"]
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
