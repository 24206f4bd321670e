"""LeetCode's definitions of nodes, for submissions that have none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_HERE = Path(__file__).parent
_CPP = {
    b"ListNode": b"struct ListNode { int val; ListNode *next; "
    b"ListNode(int x = 0, ListNode *n = nullptr) : val(x), next(n) {} };\n",
    b"TreeNode": b"struct TreeNode { int val; TreeNode *left, *right; "
    b"TreeNode(int x = 0, TreeNode *l = nullptr, TreeNode *r = nullptr) : val(x), left(l), right(r) {} };\n",
    b"RandomNode": b"struct Node { int val; Node *next, *random; "
    b"Node(int x = 0, Node *n = nullptr, Node *r = nullptr) : val(x), next(n), random(r) {} };\n",
    b"NaryNode": b"struct Node { int val; std::vector<Node *> children; "
    b"Node(int x = 0, std::vector<Node *> c = {}) : val(x), children(c) {} };\n",
    b"GraphNode": b"struct Node { int val; std::vector<Node *> neighbors; "
    b"Node(int x = 0, std::vector<Node *> n = {}) : val(x), neighbors(n) {} };\n",
}
_JAVA = {
    b"ListNode": b"public class ListNode { public int val; public ListNode next; public ListNode() {} "
    b"public ListNode(int val) { this.val = val; } "
    b"public ListNode(int val, ListNode next) { this.val = val; this.next = next; } }\n",
    b"TreeNode": b"public class TreeNode { public int val; public TreeNode left, right; public TreeNode() {} "
    b"public TreeNode(int val) { this.val = val; } public TreeNode(int val, TreeNode left, TreeNode right) "
    b"{ this.val = val; this.left = left; this.right = right; } }\n",
    b"RandomNode": b"public class Node { public int val; public Node next, random; public Node() {} "
    b"public Node(int val) { this.val = val; } "
    b"public Node(int val, Node next, Node random) { this.val = val; this.next = next; this.random = random; } }\n",
    b"NaryNode": b"import java.util.*;\npublic class Node { public int val; "
    b"public List<Node> children = new ArrayList<>(); public Node() {} public Node(int val) { this.val = val; } "
    b"public Node(int val, List<Node> children) { this.val = val; this.children = children; } }\n",
    b"GraphNode": b"import java.util.*;\npublic class Node { public int val; "
    b"public List<Node> neighbors = new ArrayList<>(); public Node() {} "
    b"public Node(int val) { this.val = val; } public Node(int val, ArrayList<Node> neighbors) "
    b"{ this.val = val; this.neighbors = neighbors; } }\n",
}
_LINKS = {b"RandomNode": b"random", b"NaryNode": b"children", b"GraphNode": b"neighbors"}
"""LeetCode calls nodes of three different things ``Node``: what tells them apart."""

_DEFINES = (
    rb"\b(?:class|struct|enum|union)\s++%(name)s\b\s*+(?:[{:]|final\b)|\busing\s++%(name)s\s*+=|\}\s*+%(name)s\s*+;"
    rb"|#\s*+define\s++%(name)s\b"
)
_TYPEDEF = re.compile(rb"\btypedef\b[^;]*+(?:;|\Z)")
"""A whole statement, so that those inside of it are not looked at once more."""


def missing_in_cpp(plain: bytes, kinds: Iterable[str]) -> bytes:
    """Definitions of the nodes that a submission without its comments mentions and does not define. ``kinds``: of the
    suite's types, those of nodes."""
    classes = {b"ListNode": b"ListNode", b"TreeNode": b"TreeNode"}
    if kind := _kind_of_node(plain, kinds):
        classes[b"Node"] = kind
    return b"".join(
        _CPP[kind] for name, kind in classes.items() if _mentions(plain, name) and not _defines(plain, name)
    )


def of_java(plain: bytes, kinds: Iterable[str]) -> dict[str, bytes]:
    """Each class of nodes by its name; the compiler takes those that a submission uses and does not define."""
    classes = {name.decode(): _JAVA[name] for name in (b"ListNode", b"TreeNode")}
    if kind := _kind_of_node(plain, kinds):
        classes["Node"] = _JAVA[kind]
    return classes


def text(file: str) -> bytes:
    """The text of a file of this directory."""
    return (_HERE / file).read_bytes()


def _kind_of_node(plain: bytes, kinds: Iterable[str]) -> bytes | None:
    by_suite = [kind.encode() for kind in kinds if kind.encode() in _LINKS]
    by_use = [kind for kind, link in _LINKS.items() if _mentions(plain, link)]
    return next(iter(by_suite + by_use), None)


def _defines(plain: bytes, name: bytes) -> bool:
    if re.search(_DEFINES % {b"name": name}, plain):
        return True
    is_last = re.compile(rb"\b%b\s*+;\Z" % name)
    return any(is_last.search(statement[0]) for statement in _TYPEDEF.finditer(plain))


def _mentions(plain: bytes, name: bytes) -> bool:
    return re.search(rb"\b%s\b" % name, plain) is not None
