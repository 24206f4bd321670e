"""What can be told of a piece of source text without running it."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sandbox.toolchain import languages

MAX_PARSED = 256 * 1024
"""Characters of an answer that are parsed, at most."""
_MAX_MENTIONS = 64
_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__annotations__"}
_TRANSCRIPT = re.compile(r"\s*(?:>>>(?:[ \t]|$)|In \[\d+\]:|\$ |irb\(|(?:\w+[@#:~]\S*)?[$#%>] \S+ )", re.MULTILINE)
_IMPORT = re.compile(
    r"[ \t]*(?:#[ \t]*(?:include|pragma|define)\b|import\b|from\b|using\b|use\b|package\b|extern crate\b|require\b"
    r"|require_once\b|include\b|(?:const|let|var)\b[^=\n]*=[ \t]*require\b|library\b|open\b|uses\b|//|/\*|\*)[^\n]*+"
)
_MAIN = re.compile(r"\b[Mm]ain\s*\(")
_WITH_MAIN = frozenset(["c", "cpp", "cs", "go", "java", "kt", "rs"])
_WORDS = re.compile(r"[A-Za-z][\w'’-]*(?:[ \t,]+[\w'’()\"-]+)+[.:!?]?")
_CALLED = re.compile(r"\b([^\W\d]\w*)[ \t]*\(")
# What stands before and behind the name in a definition, in languages that are not parsed.
_DEFINED_BY_WORD = re.compile(
    r"\b(?:def|class|struct|function\*?|fn|func|fun|interface|record|enum|const|let|var)\s+\Z"
)
_AFTER_TYPE = re.compile(r"(?:([^\W\d]\w*)|[>\]&*])[\s&*]*\Z")
_NO_TYPE = frozenset(["return", "else", "new", "throw", "case", "await", "yield", "in", "of", "typeof", "delete", "do"])
_BODY = re.compile(r"\s*\([^;{}]{0,1000}\)[^;{}()=]{0,200}\{")
_ASSIGNED = re.compile(r"\s*[:=]\s*(?:async\s*)?(?:function\b|\([^;{}]{0,1000}\)\s*=>|\w+\s*=>)")
_METHOD = re.compile(r"(?:^|[;{}])\s*(?:(?:async|static|public|private|get|set)\s+)*\Z")
_EFFECTS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a piece of source is: the functions, classes and methods that it defines; the names that it uses and binds
    nowhere; and whether it can be a program, as a transcript, a signature or a list of imports cannot."""

    defines: frozenset[str]
    uses: frozenset[str]
    is_program: bool
    parses: bool


def is_python(language: str) -> bool:
    return languages()[language].extension == "py"


def facts_of(text: str, language: str, names: Collection[str], *, runs_alone: bool) -> Facts:
    """Tell what a piece of source is. In languages other than Python only ``names`` are looked for, and a program that
    ``runs_alone`` needs a ``main`` where its language does."""
    if is_python(language):
        return _python_facts(text, names)
    defines = frozenset(name for name in names if defines_name(text, name))
    has_main = not runs_alone or languages()[language].extension not in _WITH_MAIN or bool(_MAIN.search(text))
    is_program = has_main and not _TRANSCRIPT.match(text) and not _only_imports(text)
    return Facts(defines, frozenset(), is_program, parses=True)


def is_whole_program(text: str, language: str) -> bool:
    """Tell whether text that no fence marks is a program, and not prose: Python must parse, do something, and state
    nothing that does nothing (``Or``, ``yes``, ``42``); in other languages its first line must not be a sentence."""
    if not is_python(language):
        first = next(filter(None, map(str.strip, text.splitlines())), "")
        return bool(first) and not _is_sentence(first)
    tree = parsed(text)
    if tree is None or not any(map(_acts, tree.body)):
        return False
    return all(_acts(each) or _is_string(each) for each in tree.body if isinstance(each, ast.Expr))


def parsed(text: str) -> ast.Module | None:
    """Return Python's syntax tree; None where it has none, or is too long or too deep to look at."""
    if len(text) > MAX_PARSED:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a program's escapes are like is said when it is compiled
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            return None


def names_used(test_code: str, language: str) -> frozenset[str]:
    """Return the names that test code takes from the program."""
    if is_python(language):
        tree = parsed(test_code)
        if tree is None:
            return frozenset()
        imports = (each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module == "solution")
        return _free_names(tree) | {alias.name for each in imports for alias in each.names}
    called = set(islice((match[1] for match in _CALLED.finditer(test_code[:MAX_PARSED])), _MAX_MENTIONS))
    return frozenset(name for name in called if not defines_name(test_code, name))


def defines_name(text: str, name: str) -> bool:
    """Tell by its looks whether a source that is not Python, or does not parse, defines a function or class."""
    mentions = re.finditer(rf"\b{re.escape(name)}\b", text[:MAX_PARSED])
    return any(_is_definition(text, match.start(), match.end()) for match in islice(mentions, _MAX_MENTIONS))


def _is_definition(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 200) : start], text[end : end + 1300]
    if _DEFINED_BY_WORD.search(before) or _ASSIGNED.match(after):
        return True
    if not _BODY.match(after):
        return False
    kind = _AFTER_TYPE.search(before)
    return _METHOD.search(before) is not None or (kind is not None and kind[1] not in _NO_TYPE)


def _python_facts(text: str, names: Collection[str]) -> Facts:
    tree = parsed(text)
    if tree is not None:
        return Facts(_defined(tree), _free_names(tree), any(map(_acts, tree.body)), parses=True)
    if _TRANSCRIPT.match(text) or _is_signature(text):
        return Facts(frozenset(), frozenset(), is_program=False, parses=False)
    defines = frozenset(name for name in names if defines_name(text, name))
    return Facts(defines, frozenset(), is_program=True, parses=False)


def _is_signature(text: str) -> bool:
    """``def f(x) -> int:`` and no more, inside a class perhaps."""
    tree = parsed(f"{text.rstrip().rstrip(':')}: ...")
    return tree is not None and not any(map(_acts, tree.body))


def _acts(statement: ast.stmt) -> bool:
    """Tell whether a statement does anything: imports, constants and functions without a body do not."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Global() | ast.Nonlocal():
            return False
        case ast.Expr(value):
            return _has_effect(value)
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            return value is not None and _has_effect(value)
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            return not all(isinstance(each, ast.Pass) or _is_constant(each) for each in body)
        case ast.ClassDef(body=body):
            return any(map(_acts, body))
        case _:
            return True


def _has_effect(value: ast.expr) -> bool:
    return any(isinstance(node, _EFFECTS) for node in ast.walk(value))


def _is_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_string(statement: ast.Expr) -> bool:
    return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def _defined(tree: ast.Module) -> frozenset[str]:
    """The functions and classes of a module, the methods of its classes, and what it assigns."""
    return frozenset(_names_of(_outer(tree.body)))


def _outer(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those inside of ``if``, ``try`` and the like too."""
    waiting = list(body)
    while waiting:
        statement = waiting.pop()
        yield statement
        if not isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            waiting.extend(node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.stmt))


def _names_of(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case ast.ClassDef(name=name, body=body) if _acts(statement):
                yield name
                yield from (each.name for each in body if isinstance(each, _FUNCTIONS) and _acts(each))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if _acts(statement):
                yield name
            case ast.Assign(targets=targets) if _acts(statement):
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def _free_names(tree: ast.Module) -> frozenset[str]:
    """The names that a module uses and binds nowhere."""
    used, bound = set(), set(_BUILTINS)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                bound.add(name)
            case ast.ClassDef(name=name) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.alias(name=name, asname=asname):
                bound.add(asname or name.partition(".")[0])
    return frozenset(used - bound)


def _only_imports(text: str) -> bool:
    lines = filter(str.strip, text.split("\n"))
    return all(_IMPORT.fullmatch(line.rstrip("\r")) for line in lines)


def _is_sentence(line: str) -> bool:
    return _WORDS.fullmatch(line) is not None and (line[0].isupper() or line[-1] in ".:!?")
