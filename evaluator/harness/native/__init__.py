"""Harnesses in other languages: each is put behind (or around) a submission, and both become one program."""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).parent
_COMMENTS = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_JAVA_IMPORT = re.compile(rb"^\s*(?:import\s+(?:static\s+)?|package\s+)[\w.*]+\s*;", re.MULTILINE)
_JAVA_PUBLIC = re.compile(
    rb"\bpublic\s+(?=(?:(?:abstract|final|sealed|strictfp)\s+)*(?:class|interface|enum|record)\b)"
)
_JAVA_PRELUDE = b"import java.math.*;\nimport java.util.*;\nimport java.util.function.*;\nimport java.util.stream.*;"
_NODES = {
    "cpp": {
        b"ListNode": b"struct ListNode { int val; ListNode *next; "
        b"ListNode(int x = 0, ListNode *n = nullptr) : val(x), next(n) {} };\n",
        b"TreeNode": b"struct TreeNode { int val; TreeNode *left, *right; "
        b"TreeNode(int x = 0, TreeNode *l = nullptr, TreeNode *r = nullptr) : val(x), left(l), right(r) {} };\n",
    },
    "java": {
        b"ListNode": b"class ListNode { int val; ListNode next; ListNode() {} ListNode(int val) { this.val = val; } "
        b"ListNode(int val, ListNode next) { this.val = val; this.next = next; } }\n",
        b"TreeNode": b"class TreeNode { int val; TreeNode left, right; TreeNode() {} "
        b"TreeNode(int val) { this.val = val; } TreeNode(int val, TreeNode left, TreeNode right) "
        b"{ this.val = val; this.left = left; this.right = right; } }\n",
    },
}
"""What LeetCode defines for submissions that do not."""


def javascript(code: bytes, name: str) -> bytes:
    """A submission with the harness behind it, in its own scope."""
    return code + _text("function.js").replace(b"@name@", name.encode())


def cpp(code: bytes, name: str, *, prelude: bool) -> bytes:
    """The same; the function is a method of ``Solution`` where there is such a class, else a free one."""
    plain = _COMMENTS.sub(b" ", code)
    of_class = re.search(rb"\b(?:class|struct)\s+Solution\b", plain)
    target = f"Solution::{name}" if of_class else name
    before = _text("prelude.cpp") if prelude else b"#define main microcoder_submission_main\n"
    harness = _text("function.cpp").replace(b"@target@", target.encode())
    return before + _missing_nodes("cpp", plain) + b'#line 1 "solution"\n' + code + harness


def java(code: bytes, *, prelude: bool) -> bytes:
    """The same; the harness is the only public class, since a file is named after that."""
    imports, body = java_units(code)
    before = _JAVA_PRELUDE + b"\n" + imports if prelude else imports
    nodes = _missing_nodes("java", _COMMENTS.sub(b" ", code))
    return before + b"\n" + body + b"\n" + nodes + _text("function.java")


def java_units(*sources: bytes) -> tuple[bytes, bytes]:
    """Several sources as one: all imports, and what follows them, with no class public (a file is named after that)."""
    imports = (line for source in sources for line in _JAVA_IMPORT.findall(_COMMENTS.sub(b" ", source)))
    kept = dict.fromkeys(line.strip() for line in imports if b"package" not in line)
    bodies = (_JAVA_PUBLIC.sub(b"", _JAVA_IMPORT.sub(b"", source)) for source in sources)
    return b"\n".join(kept), b"\n".join(bodies)


def _missing_nodes(language: str, plain: bytes) -> bytes:
    """Definitions of the nodes that a submission mentions and does not define."""
    return b"".join(
        definition
        for name, definition in _NODES[language].items()
        if name in plain and not re.search(rb"\b(?:class|struct)\s+" + name + rb"\b\s*(?:final\s*)?\{", plain)
    )


def _text(file: str) -> bytes:
    return (_HERE / file).read_bytes()
