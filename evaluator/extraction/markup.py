"""Blocks of code in HTML: ``<pre><code class="language-python">...</code></pre>``."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from evaluator.extraction.fences import Block
from evaluator.extraction.formats import MARK, language_of

_CODE = re.compile(
    rf"^(?:[ \t>]|<pre(?:[ \t][^<>]{{0,300}})?>|{MARK})*+<code[ \t](?P<attributes>[^<>]{{0,300}})>|(?P<end></code>)",
    re.MULTILINE,
)
_CLASS = re.compile(r"\bclass=[\"']?([^\"']*+)")


def elements_of(text: str) -> Iterator[Block]:
    """Yield the ``<code>`` elements of a text that start a line and whose class names a language. Code in the middle of
    a sentence does not count."""
    opener: re.Match[str] | None = None
    for tag in _CODE.finditer(text):
        if not tag["end"]:
            opener = opener or tag
        elif opener is not None:
            classes = _CLASS.search(opener["attributes"])
            words = [] if classes is None else classes[1].split()
            if info := next((word for word in words if language_of(word) is not None), None):
                code = html.unescape(text[opener.end() : tag.start()])
                yield Block(info, code.removeprefix("\n"), opener.start(), tag.end())
            opener = None
