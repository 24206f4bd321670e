"""The marks that models put into their answers, read from formats.toml."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain import canonical, languages

_VERSION = re.compile(r"[-_ ]?v?\d+(?:\.\d+)*[a-z]?$")
_WORD = re.compile(r"[\w+#.\-]+")
_FILE = re.compile(r"[\w./\\+\-]*\.(\w{1,8})$")
_LONGEST_INFO = 200
_TABLE = tomllib.loads(Path(__file__).with_name("formats.toml").read_text(encoding="utf-8"))
_LANGUAGES = {word: name for name, words in _TABLE["languages"].items() for word in words}
_MARKDOWN = frozenset(_TABLE["other"]["markdown"])
_OTHER = _MARKDOWN | frozenset(_TABLE["other"]["languages"]) | frozenset(_TABLE["other"]["plain"])

OTHER = "other"
"""The language of a block that is never the program: one that cannot run here, markup, output, a transcript."""


@dataclass(frozen=True, slots=True)
class ReasoningMarks:
    """The tags around a model's reasoning."""

    opener: str
    closer: str


REASONING = tuple(ReasoningMarks(*pair) for pair in _TABLE["reasoning"]["pairs"])


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


END_OF_TURN = _any_of(_TABLE["tokens"]["end_of_turn"])
"""A pattern for the special tokens that end a turn."""
TOKEN = (
    rf"(?:{END_OF_TURN}|<[|｜][^<>|｜\s]{{1,40}}[|｜]>|\[\|\w{{1,30}}\|\]"
    r"|<s>|<(?:bos|pad|start_of_turn|\|turn)>|\[PAD\])"
)
"""A pattern for any special token of the chat formats in use."""
ROLE = _any_of(_TABLE["tokens"]["roles"])
"""A pattern for the names of a model's role in the head of its turn."""
WRAPPER = rf"(?:{_any_of(_TABLE['wrappers']['tags'])})"
"""A pattern for the names of the tags that prompts ask for around an answer."""
MARK = rf"(?:{TOKEN}|</?{WRAPPER}>)"
"""A pattern for the tokens and tags around an answer, which are no part of it."""


def language_of(info: str) -> str | None:
    """Return the language (a name of the table) that a fence's info string names, ``OTHER`` for one that is never the
    program's, or None if the string names nothing known.

    Models write more than the bare word: ``Python3.11``, ``python:main.py``, ``{.python .numberLines}``,
    ``rust,edition2021``, ``language-cpp``, ``src/main.rs``.
    """
    return _language_of_info(info[:_LONGEST_INFO])


@functools.lru_cache(1024)
def _language_of_info(info: str) -> str | None:
    words = info.lower().split()
    if not words:
        return None
    # MyST and R Markdown: the language stands behind a directive in braces.
    candidates = words[:2] if words[0].startswith("{") else words[:1]
    return next(filter(None, map(_language_of_word, candidates)), None)


def _language_of_word(word: str) -> str | None:
    match = _WORD.search(word)
    if match is None:
        return None
    name = match[0].strip(".-").removeprefix("language-").removeprefix("lang-")
    for form in (name, _VERSION.sub("", name), name.partition("#")[0]):
        known = canonical(form) or _LANGUAGES.get(form) or (OTHER if form in _OTHER else None)
        if known is not None:
            return known
    file = _FILE.search(word.rstrip("}"))
    return _language_of_word(file[1]) if file is not None and file[1] != word else None


def is_markdown(info: str) -> bool:
    """Tell whether a fence's info string says that the block is Markdown, which may hold other blocks."""
    word = _WORD.search(info[:_LONGEST_INFO].lower())
    return word is not None and word[0].strip(".-") in _MARKDOWN


def is_written_in(info: str, language: str) -> bool:
    """Tell whether a fence's info string names ``language``, or another standard of it (cpp, cpp17): those have the
    same kind of source file."""
    known = language_of(info)
    return known is not None and known != OTHER and languages()[known].source == languages()[language].source
