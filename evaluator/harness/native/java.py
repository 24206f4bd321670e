"""The harness of Java beside a submission: it stands in a package of its own and finds the submission by reflection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from evaluator.harness.native import nodes

HARNESS = "MicrocoderCall.java"
_PRELUDE = b"import java.math.*; import java.util.*; import java.util.function.*; import java.util.stream.*; "
_NODES = b"import microcoder.nodes.*; "
"""A name that is imported so gives way to any class that the submission defines or imports by name."""
# A submission's source is scanned outside of the sandbox: no part of it may be gone over from each of many places where
# a match could start. So what starts a line is looked for in that line alone, and no repetition gives anything back.
_PACKAGE = re.compile(rb"(?:\s|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+package\s++[\w.]++\s*+;")
_PARTS = re.compile(
    rb'//[^\n]*+|/\*(?:.*?\*/|.*)|"""(?:(?:\\.|[^\\])*?"""|.*)|"(?:\\.|[^"\\\n])*+"?|\'(?:\\.|[^\'\\\n])*+\'?|[{}]'
    rb"|\bpublic\s++(?=(?:(?:abstract|final|sealed|non-sealed|strictfp)\s++)*+(?:class|interface|enum|record)\b)",
    re.DOTALL,
)
_IMPORT = re.compile(rb"^[^\S\n]*+(?:import\s++(?:static\s++)?|package\s++)[\w.*]++\s*+;", re.MULTILINE)
_COMMENTS = re.compile(rb"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


def sources(
    code: bytes, file_name: Callable[[bytes], str], *, prelude: bool, kinds: Iterable[str] = ()
) -> tuple[bytes, Mapping[str, bytes]]:
    """The harness, and the files beside it: the submission, named by ``file_name``, and nodes that it may use.
    ``kinds``: of the suite's types, those of nodes."""
    package = _PACKAGE.match(code)
    at = package.end() if package else 0
    imports = (_PRELUDE if prelude else b"") + _NODES
    submission = _with_one_public_class(code[:at] + imports + code[at:])
    own = nodes.of_java(_COMMENTS.sub(b" ", code), kinds)
    others = {f"microcoder/nodes/{name}.java": b"package microcoder.nodes;\n" + text for name, text in own.items()}
    return nodes.text("function.java"), {file_name(code): submission, **others}


def units(*texts: bytes) -> tuple[bytes, bytes]:
    """Several sources as one: all imports, and what follows them, with no class public (a file is named after that)."""
    imports = (line for text in texts for line in _IMPORT.findall(_COMMENTS.sub(b" ", text)))
    import_lines = dict.fromkeys(line.strip() for line in imports if b"package" not in line)
    bodies = (_with_public_classes(_IMPORT.sub(b"", text), 0) for text in texts)
    return b"\n".join(import_lines), b"\n".join(bodies)


def _with_one_public_class(code: bytes) -> bytes:
    """A file has one public class, the first; models put several into one."""
    return _with_public_classes(code, 1)


def _with_public_classes(code: bytes, most: int) -> bytes:
    """Take ``public`` from all but the first ``most`` classes that stand in no other."""
    parts: list[bytes] = []
    depth = public = at = 0
    for match in _PARTS.finditer(code):
        word = match[0]
        if word in (b"{", b"}"):
            depth = max(0, depth + (1 if word == b"{" else -1))
        elif word.startswith(b"public") and depth == 0:
            public += 1
            if public > most:
                parts += [code[at : match.start()], b" " * len(b"public")]
                at = match.start() + len(b"public")
    return b"".join([*parts, code[at:]])
