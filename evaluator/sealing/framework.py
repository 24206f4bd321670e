"""The framework that runs a suite's tests, and if they import the submission as a module: told by their text."""

from __future__ import annotations

import ast

from evaluator.sealing.sealed import Framework
from evaluator.sealing.source import Function, Source, callee, dotted, is_main_guard, walk

MODULE_NAMES = ("solution", "submission", "candidate", "main", "your_module", "your_code")
"""Names under which tests import a submission."""


def find_module_names(source: Source) -> tuple[str, ...]:
    """The names under which the text imports the submission."""
    modules: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            modules.add(node.module.partition(".")[0])
    return tuple(name for name in MODULE_NAMES if name in modules)


def find_framework(source: Source, entry_point: str | None) -> Framework:
    """Tell the framework that has to run the text."""
    body = source.module.body
    if entry_point and _defines(body, "check") and not any(map(_calls_check, body)):
        return "check"
    cases = _test_cases(source)
    if _has_pytest_tests(body, cases) or (cases and _imports_pytest(source)):
        return "pytest"
    return "unittest" if cases else "script"


def _defines(body: list[ast.stmt], name: str) -> bool:
    return any(isinstance(node, Function) and node.name == name for node in body)


def _calls_check(node: ast.stmt) -> bool:
    if is_main_guard(node) and isinstance(node, ast.If):
        return any(map(_calls_check, node.body))
    return not isinstance(node, (*Function, ast.ClassDef)) and any(
        isinstance(part, ast.Call) and dotted(part.func) == "check" for part in walk(node)
    )


def _test_cases(source: Source) -> set[str]:
    """Classes that derive from ``TestCase``, by the text."""
    bases = {
        node.name: {dotted(base) for base in node.bases} for node in source.nodes if isinstance(node, ast.ClassDef)
    }
    cases = {
        name for name, above in bases.items() if any(base.rpartition(".")[2].endswith("TestCase") for base in above)
    }
    size = -1
    while len(cases) > size:
        size = len(cases)
        cases |= {name for name, above in bases.items() if above & cases}
        if size > len(bases):
            break
    return cases


def _imports_pytest(source: Source) -> bool:
    return any(
        (isinstance(node, ast.Import) and any(alias.name == "pytest" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "pytest")
        for node in source.nodes
    )


def _has_pytest_tests(body: list[ast.stmt], cases: set[str]) -> bool:
    """Functions and classes that pytest collects by their names, and that the text does not call itself."""
    called = {callee(node.value) for node in body if isinstance(node, ast.Expr)}
    for node in body:
        if isinstance(node, Function) and node.name.startswith("test"):
            if not (node.name in called and node.args.args and not node.decorator_list):
                return True
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test") and node.name not in cases:
            if _has_test_methods(node, {each.name: each for each in body if isinstance(each, ast.ClassDef)}):
                return True
        elif isinstance(node, (ast.If, ast.Try)) and _has_pytest_tests(node.body, cases):
            return True
    return False


def _has_test_methods(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Tell if a class has test methods, of its own or of classes of the text that it derives from."""
    waiting, seen = [node], {node}
    while waiting:
        owner = waiting.pop()
        if any(isinstance(child, Function) and child.name.startswith("test") for child in owner.body):
            return True
        above = {classes[dotted(base)] for base in owner.bases if dotted(base) in classes} - seen
        seen |= above
        waiting += above
    return False
