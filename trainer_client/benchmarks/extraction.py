"""The program in a model's answer, by LiveCodeBench's rule."""

from __future__ import annotations

_FENCE = "```"


def lcb_exact(text: str) -> str:
    """Return the text between the last two lines that hold a fence; nothing where there are fewer
    (lcb_runner/utils/extraction_utils.py, extract_code).

    The rule takes the wrong part of an answer that was cut inside its last block: it is there for scores that are to be
    compared with published ones. The service's own extraction is ``response`` in place of ``code``.
    """
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if _FENCE in line]
    return "\n".join(lines[fences[-2] + 1 : fences[-1]]) if len(fences) >= 2 else ""
