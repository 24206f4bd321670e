"""Cues in a statement about its answers: any order, any of several, a tolerance, any case.

A cue is read in one sentence, which must speak of what is returned or printed: "you may apply the operations in any
order" says nothing about answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def _either(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_SAYS = r"(?:return|print|output|write|report|find|give)"
_ACCEPTED = r"(?:is|are|will be|would be) (?:accepted|acceptable|fine|allowed|ok|correct)\b"
_ANSWER = _either(
    r"\b(?:return|output|print|answer|result|solution|write|display|report)\w*\b",
    r"\blist them\b",
    r"\bthey can be\b",
    r"\b(?:is|are|be|also) accepted\b",
)
_ORDER = _either(
    r"\b(?:in|of) (?:any(?: arbitrary| possible)?|arbitrary|whatever|an arbitrary) order\b",
    r"\bany order (?:is|will be)\b",
    r"\border (?:of \w+(?: \w+){0,4} )?(?:does|do)(?: not|n't) matter",
    r"\border (?:that|in which)[^.]{0,40} (?:does|do)(?: not|n't) matter",
    r"\bregardless of (?:the )?order\b",
    r"\bany permutation of (?:\[|the (?:answer|output|result|list|elements)|th[eo]se|them)",
)
_NESTED = _either(
    r"order of (?:the )?(?:output|elements|triplets|groups|lists|answer)[^.]{0,60}and (?:the )?order of",
    r"within (?:each|every|the) (?:group|list|pair|triplet|set)[^.]{0,40}any order",
    r"(?:each|every) (?:group|list|pair|triplet|combination)[^.]{0,40}in any order",
)
_ANY = _either(
    rf"\b{_SAYS} (?:out )?(?:any|either)\b(?! (?:more|other (?:text|output)|extra|additional|number|order))",
    r"\bany (?:one )?of (?:them|those|these)\b(?=\s*(?:[.,;:)]|$|is\b|are\b|will\b))",
    r"\bany (?:one )?of (?:the (?:valid|possible|correct|optimal|answers|solutions|\w+ answers))\b",
    rf"\bany (?:answer|solution|valid \w+|correct \w+|(?:such|possible|optimal|suitable) \w+)[^.;]{{0,60}} {_ACCEPTED}",
    rf"\b(?:may|can) {_SAYS} any\b",
    r"\bif there (?:are|is) (?:multiple|several|many|more than one)[^.;]{0,80}\bany\b",
    r"\bany permutation of (?!\[|the (?:answer|output|result|list|elements)|th[eo]se|them)",
    r"\banother (?:valid|correct|acceptable) (?:answer|output)\b",
    r"\bspecial judge\b",
    r"\bchoose any one answer\b",
)
_NUMBER = re.compile(r"10\s*(?:\^|\*\*)?\s*\{?\s*[-−–]\s*(\d{1,2})|1e-(\d{1,2})|\b0\.(0+)1\b", re.IGNORECASE)
_DECIMAL = _either(
    r"\b(?:absolute|relative) (?:or (?:absolute|relative) )?(?:error|precision)",
    r"\berror (?:of )?(?:at most|less|not exceed|does not exceed|must not exceed|within)",
    r"\bwithin (?:an error|a tolerance|10)",
    r"\bof the actual answer will be accepted",
    r"\btolerance\b",
    r"\bprecision of\b",
    r"\bdiffers? from the (?:correct|actual|jury|true)",
)
_CASE = _either(
    r"\b(?:in|of) any case\b",
    r"\bcase[- ]insensitive",
    r"\bupper(?:case)? or lower(?:case)?",
    r"\blower(?:case)? or upper(?:case)?",
    r"\bany register\b",
)
_MARKUP = re.compile(r"[`*_$]+|\\(?:text|mathrm|le|leq)\b")


@dataclass(frozen=True, slots=True)
class Cues:
    """The differences that right answers may have. ``tolerance`` is the statement's power of ten: 6 for 1e-6."""

    order: bool = False
    nested: bool = False
    many: bool = False
    decimal: bool = False
    tolerance: int | None = None
    case: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cues that the statement has."""
        return tuple(name for name in ("order", "nested", "many", "decimal", "case") if getattr(self, name))

    def __bool__(self) -> bool:
        return bool(self.names)


def cues_of(statement: str) -> Cues:
    """Find the cues in a statement in English."""
    text = _MARKUP.sub("", statement)
    of_answers = [each for each in _SENTENCE.split(text) if _ANSWER.search(each)]
    order = [each for each in of_answers if _ORDER.search(each)]
    exponents = [match for each in of_answers if _DECIMAL.search(each) for match in _NUMBER.finditer(each)]
    return Cues(
        order=bool(order),
        nested=any(_NESTED.search(each) for each in order),
        many=any(_is_any(each) for each in of_answers),
        decimal=any(_DECIMAL.search(each) for each in of_answers),
        tolerance=min(map(_exponent, exponents), default=None),
        case=any(_CASE.search(each) for each in of_answers),
    )


def _is_any(sentence: str) -> bool:
    """Tell whether a sentence accepts any of several answers, other than by their order or within a tolerance."""
    return _DECIMAL.search(sentence) is None and _ANY.search(_ORDER.sub("", sentence)) is not None


def _exponent(match: re.Match[str]) -> int:
    plain, scientific, zeros = match.groups()
    return len(zeros) + 1 if zeros else int(plain or scientific)
