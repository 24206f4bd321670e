"""Statements as plain text: encoding faults mended, HTML and LaTeX read. Tests are never touched: their bytes count."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser

from evaluator.schema import well_formed

_BLOCKS = frozenset(
    ("blockquote", "br", "center", "div", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
     "pre", "section", "table", "tr", "ul")
)  # fmt: skip
_TAGS = _BLOCKS | frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "img", "s", "small", "span", "strong", "sub", "sup", "tbody", "td",
     "th", "thead", "tt", "u", "var")
)  # fmt: skip
_ATTRIBUTES = frozenset(
    ("align", "alt", "border", "cellpadding", "cellspacing", "class", "color", "height", "href", "id", "lang", "name",
     "rel", "size", "src", "style", "target", "title", "type", "valign", "width")
)  # fmt: skip
_LOOKS_LIKE_HTML = re.compile(rf"</?(?:{'|'.join(sorted(_TAGS))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
_SPACES_BEFORE_BREAK = re.compile(r"[ \t]+\n")
_MANY_BREAKS = re.compile(r"\n{3,}")

_MATH = re.compile(r"(?<!\$)\${1,3}(?![\s$])([^$\n]{1,400}?)(?<!\s)\${1,3}(?![\d$])")
"""As pandoc has it: no blank inside the dollars, no digit after them, so that prices are none."""
_WORDS = {
    "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "neq": "≠", "ne": "≠",
    "times": "×", "cdot": "·", "ldots": "...", "dots": "...", "cdots": "...", "to": "→", "rightarrow": "→",
    "in": "∈", "notin": "∉", "infty": "∞", "oplus": "⊕", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "sum": "Σ", "prod": "Π", "pm": "±", "equiv": "≡", "bmod": "mod", "quad": " ", "qquad": " ", "max": "max",
    "min": "min", "gcd": "gcd", "log": "log", "ell": "l", "alpha": "α", "beta": "β", "pi": "π", "approx": "≈",
    "left": "", "right": "", "displaystyle": "", "lt": "<", "gt": ">", "mid": "|", "colon": ":",
}  # fmt: skip
"""LaTeX's words that have a plain form."""
_STYLED = re.compile(
    r"\\(?:text|texttt|textbf|textit|mathrm|mathbf|mathit|mathtt|operatorname|rm|bf|tt)\s*\{([^{}]*)\}"
)
_WORD = re.compile(r"\\([a-zA-Z]+)")
_BRACED_INDEX = re.compile(r"([_^])\{([^{}\s]*)\}")
_ESCAPED = re.compile(r"\\([_%&#$,;!{} ])")


def clean(text: str) -> str:
    """A statement as plain text in NFC."""
    import ftfy

    text = well_formed(text).replace("\r\n", "\n").replace("\r", "\n")
    text = ftfy.fix_text(text, uncurl_quotes=False, unescape_html=False, fix_character_width=False)
    text = plain_math(from_html(text))
    text = (
        text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{ZERO WIDTH SPACE}", "").replace("\N{BYTE ORDER MARK}", "")
    )
    text = _MANY_BREAKS.sub("\n\n", _SPACES_BEFORE_BREAK.sub("\n", text))
    return unicodedata.normalize("NFC", text).strip()


def from_html(text: str) -> str:
    """The text of HTML. ``<sup>`` becomes ``^``, an image ``![alt](src)``. Text that is no HTML stays as it is, its
    comparisons such as ``a<b`` too."""
    if _LOOKS_LIKE_HTML.search(text) is None:
        return html.unescape(text) if _ENTITY.search(text) else text
    reader = _HtmlReader()
    reader.feed(text)
    reader.close()
    return "".join(reader.pieces)


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS or any(name not in _ATTRIBUTES for name, _ in attrs):
            self.pieces.append(self.get_starttag_text() or "")
        elif tag == "img":
            facts = dict(attrs)
            self.pieces.append(f"![{facts.get('alt') or ''}]({facts.get('src') or ''})")
        elif tag in ("sup", "sub"):
            self.pieces.append("^" if tag == "sup" else "_")
        elif tag in _BLOCKS:
            self.pieces.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _TAGS:
            self.pieces.append(f"</{tag}>")
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def plain_math(text: str) -> str:
    """LaTeX between dollars as plain text, where that says the same; else it stays LaTeX."""
    return _MATH.sub(lambda match: _formula(match), text)


def _formula(match: re.Match[str]) -> str:
    inner = _STYLED.sub(r"\1", match[1])
    inner = _WORD.sub(lambda word: _WORDS.get(word[1], word[0]), inner)
    inner = re.sub(" {2,}", " ", _ESCAPED.sub(r"\1", _BRACED_INDEX.sub(r"\1\2", inner))).strip()
    return f"${inner}$" if re.search(r"[\\{}]", inner) or not inner else inner


_SCRIPTS = {"CYRILLIC": "ru", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "ARABIC": "ar"}
_ENGLISH = frozenset(["the", "of", "and", "is", "are", "you", "given", "to", "in", "that", "find", "each"])


def language_of(text: str) -> str:
    """ISO 639-1, by the script of its letters and by English's commonest words; ``und`` where that does not tell."""
    letters = [char for char in text[:4000] if char.isalpha()]
    if not letters:
        return "und"
    counts: dict[str, int] = {}
    for char in letters:
        if not char.isascii():
            code = _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0].split("-")[0], "")
            counts[code] = counts.get(code, 0) + 1
    counts.pop("", None)
    if counts:
        code, count = max(counts.items(), key=lambda each: each[1])
        if code == "zh" and counts.get("ja", 0) * 10 > len(letters):
            code = "ja"
        if count * 5 > len(letters):
            return code
    words = re.findall(r"[a-z]+", text[:4000].lower())
    return "en" if sum(word in _ENGLISH for word in words) * 20 >= max(len(words), 1) else "und"
