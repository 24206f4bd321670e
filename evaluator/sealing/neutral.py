"""Neutral: what tells is dropped before anything else is looked at.

Test functions and classes get neutral names in the same order; docstrings, ``ids`` and messages go (comments went with
parsing). A message is kept where the tests look at failures, and of one that calls something only the calls are kept:
unittest's authors have them made each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from evaluator.sealing.regions import Regions
from evaluator.sealing.source import Function, Source, callee, children, dotted
from evaluator.sealing.vocabulary import ARRAY_ASSERTIONS, ARRAY_MESSAGES, METHODS, SAFE_BUILTINS

_OWN_NAME = {"_testMethodName", "__qualname__", "currentframe", "_getframe", "PYTEST_CURRENT_TEST", "getTestCaseNames"}
_WITH_IDS = {"parametrize", "fixture", "param"}
_PURE_METHODS = {"format", "join", "upper", "lower", "strip", "title", "replace"}


class Names:
    """Neutral names of tests.

    ``authors`` maps a neutral name to the author's. It is empty where the tests read a name (``reads_own``).
    """

    def __init__(self, source: Source) -> None:
        classes = _test_classes(source)
        functions, others = _test_functions(source, classes)
        strings = {
            node.value for node in source.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        words = strings | {node.arg for node in source.nodes if isinstance(node, (ast.arg, ast.keyword)) and node.arg}
        tests = functions | classes
        self.reads_own = bool(words & tests) or any(_reads_own_name(node, tests) for node in source.nodes)
        self.authors: dict[str, str] = {}
        if not self.reads_own and not functions & others:
            self._rename(source, functions, classes)

    def _rename(self, source: Source, functions: set[str], classes: set[str]) -> None:
        # Both frameworks keep the order: pytest's is that of the text, unittest's that of the names.
        neutral = {name: f"test_{number:04d}" for number, name in enumerate(sorted(functions))}
        neutral |= {name: f"TestC{number:04d}" for number, name in enumerate(sorted(classes))}
        names_in_use = {node.id for node in source.nodes if isinstance(node, ast.Name)} - neutral.keys()
        if not names_in_use.isdisjoint(neutral.values()):
            return
        self.authors = {short: name for name, short in neutral.items()}
        for node in source.nodes:
            if isinstance(node, (*Function, ast.ClassDef)):
                node.name = neutral.get(node.name, node.name)
            elif isinstance(node, ast.Name):
                node.id = neutral.get(node.id, node.id)
            elif isinstance(node, ast.Attribute) and _is_own(node.value, classes | set(neutral.values())):
                node.attr = neutral.get(node.attr, node.attr)
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                node.names = [neutral.get(name, name) for name in node.names]


def _test_functions(source: Source, classes: set[str]) -> tuple[set[str], set[str]]:
    """The names of functions that a framework collects, and those that other functions and imports have."""
    owners = classes | _above(source, classes)
    tests: set[str] = set()
    others: set[str] = set()
    for node in source.nodes:
        if isinstance(node, Function):
            parent = source.parents[node]
            is_test = node.name.startswith("test") and not isinstance(parent, Function)
            is_test &= not isinstance(parent, ast.ClassDef) or parent.name in owners
            (tests if is_test else others).add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            others |= {alias.asname or alias.name for alias in node.names}
    return tests, others


def _above(source: Source, classes: set[str]) -> set[str]:
    """Classes of the text that test classes derive from: their tests are collected there."""
    bases = {node.name: set(map(dotted, node.bases)) for node in source.nodes if isinstance(node, ast.ClassDef)}
    waiting, above = list(classes), set[str]()
    while waiting:
        new = bases.get(waiting.pop(), set()) & bases.keys() - above - classes
        above |= new
        waiting += new
    return above


def _test_classes(source: Source) -> set[str]:
    """Classes that a framework collects, and those between."""
    classes = {node.name: node for node in source.nodes if isinstance(node, ast.ClassDef)}
    bases = {name: [dotted(base) for base in node.bases] for name, node in classes.items()}
    tests = {
        name for name, above in bases.items() if any(base.rpartition(".")[2].endswith("TestCase") for base in above)
    }
    waiting = list(tests)
    children: dict[str, list[str]] = {}
    for name, above in bases.items():
        for base in above:
            children.setdefault(base, []).append(name)
    while waiting:
        new = [child for child in children.get(waiting.pop(), ()) if child not in tests]
        tests.update(new)
        waiting += new
    return tests | {name for name in classes if name.startswith("Test")}


def _is_own(receiver: ast.expr, classes: set[str]) -> bool:
    """The test case itself: a submission may have a method ``test_connection`` too."""
    return dotted(receiver) in {"self", "cls"} or callee(receiver) == "super" or dotted(receiver) in classes


def _reads_own_name(node: ast.AST, tests: set[str]) -> bool:
    if isinstance(node, ast.Attribute):
        is_node = node.attr in ("node", "function") and dotted(node.value) == "request"
        is_name = node.attr == "__name__" and dotted(node.value) in {"self", "cls", "self.__class__", *tests}
        return node.attr in _OWN_NAME or is_node or is_name
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "id" and not node.args and dotted(node.func.value) == "self"
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in _OWN_NAME


def drop(source: Source, regions: Regions, names: Names) -> None:
    """Drop docstrings, ids and messages from the tree."""
    tests = _test_classes(source)
    keeps_docstrings = any(map(_reads_docstrings, source.nodes))
    for node in source.nodes:
        if not keeps_docstrings and _is_of_tests(node, tests):
            _drop_docstring(node)
        if isinstance(node, ast.Call) and callee(node) in _WITH_IDS and not names.reads_own:
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in ("id", "ids")]
        if isinstance(node, ast.stmt) and not (regions.reads_failures or _is_told(node, regions)):
            _drop_messages(node, source)


def _is_of_tests(node: ast.AST, classes: set[str]) -> bool:
    """Definitions whose docstring is for the tests' readers alone. A submission may read that of any other."""
    if isinstance(node, Function):
        return node.name.startswith("test")
    return isinstance(node, ast.Module) or (isinstance(node, ast.ClassDef) and node.name in classes)


def _is_told(node: ast.stmt, regions: Regions) -> bool:
    return isinstance(node, (ast.Assert, ast.Expr, ast.Raise)) and regions.of(node).caught


def _reads_docstrings(node: ast.AST) -> bool:
    if isinstance(node, (ast.Name, ast.Attribute)):
        return (node.id if isinstance(node, ast.Name) else node.attr) in ("__doc__", "doctest", "shortDescription")
    return isinstance(node, ast.alias) and node.name.partition(".")[0] == "doctest"


def _drop_docstring(node: ast.AST) -> None:
    if not isinstance(node, (ast.Module, ast.ClassDef, *Function)):
        return
    if node.body and ast.get_docstring(node, clean=False) is not None:
        first = node.body.pop(0)
        if not node.body and not isinstance(node, ast.Module):
            node.body.append(ast.copy_location(ast.Pass(), first))


def _drop_messages(node: ast.stmt, source: Source) -> None:
    if isinstance(node, ast.Assert):
        node.msg = None  # made only where the assertion fails
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        _drop_message(node.value)
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _fails_test(node, source):
        node.exc = node.exc.func
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            if callee(item.context_expr) == "subTest" and isinstance(item.context_expr, ast.Call):
                _drop_description(item.context_expr)


def _fails_test(node: ast.Raise, source: Source) -> bool:
    """``raise AssertionError(…)`` in a test itself: in a function that is handed on, somebody may read it."""
    function = next((outer for outer in source.ancestors(node) if isinstance(outer, (*Function, ast.Lambda))), None)
    is_test = function is None or (isinstance(function, Function) and function.name.startswith(("test", "check")))
    return callee(node.exc or node) == "AssertionError" and is_test


def _drop_description(call: ast.Call) -> None:
    """Leave of what ``subTest`` shows names, and what is called."""
    call.args = [argument for argument in call.args if list(calls(argument))]
    call.keywords = [
        keyword for keyword in call.keywords if not isinstance(keyword.value, (ast.Constant, ast.JoinedStr))
    ]


def _drop_message(call: ast.Call) -> None:
    """Leave of a call's message what it calls."""
    name = callee(call)
    if name == "fail":
        call.args, call.keywords = [_reduced(argument) for argument in call.args if list(calls(argument))], []
    words = {"msg"} if name in METHODS else ARRAY_MESSAGES if name in ARRAY_ASSERTIONS else set()
    if name in METHODS and not any(isinstance(argument, ast.Starred) for argument in call.args):
        parameters = METHODS[name].parameters
        place = parameters.index("msg")
        if place < len(call.args) and len(call.args) <= len(parameters):
            after = zip(parameters[place + 1 :], call.args[place + 1 :], strict=False)
            call.keywords += [
                ast.keyword("msg", call.args[place]),
                *(ast.keyword(word, value) for word, value in after),
            ]
            del call.args[place:]
    call.keywords = [
        keyword if keyword.arg not in words else ast.keyword(keyword.arg, _reduced(keyword.value))
        for keyword in call.keywords
        if keyword.arg not in words or list(calls(keyword.value))
    ]


def _reduced(message: ast.expr) -> ast.expr:
    """The calls of a message, without the words around them."""
    all_calls = list(calls(message))
    return all_calls[0] if all_calls == [message] else ast.copy_location(ast.Tuple(all_calls, ast.Load()), message)


def calls(message: ast.expr) -> Iterator[ast.expr]:
    """Yield the outermost calls of a message: all that it does beyond looking at names."""
    if isinstance(message, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Call)) and not _is_pure(message):
        yield message
        return
    for child in children(message):
        if isinstance(child, (ast.expr, ast.keyword)):
            yield from calls(child.value if isinstance(child, ast.keyword) else child)


def _is_pure(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in _PURE_METHODS and isinstance(node.func.value, (ast.Constant, ast.JoinedStr))
    return isinstance(node.func, ast.Name) and node.func.id in SAFE_BUILTINS
