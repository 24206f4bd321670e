"""Facts about source text that show without running it."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sandbox.toolchain import languages

MAX_PARSED = 256 * 1024
"""Characters of an answer that are parsed, at most."""
_MAX_MENTIONS = 256
_MAX_NAMES = 64
_MAX_ARGUMENTS = 2000
"""Characters of a call's arguments."""
_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__annotations__"}
_DYNAMIC = frozenset(["exec", "globals", "setattr"])
"""Functions that can define a name which the source does not write as an identifier."""
_UNDER_TEST = frozenset(["solution", "main", "__main__"])
"""The names of the module from which drivers import the program."""
# The prompts of interactive sessions. "# ", "% " and "> " are no prompts: comments, directives and literate Haskell
# start a program with them.
_TRANSCRIPT = re.compile(
    r"\s*(?:>>>(?:[ \t]|$)|In \[\d+\]:|\$ [\w./~]|irb\(|\[?\w[\w.-]*@[\w.-]+[^\n$#%]*[$#%] \S)", re.MULTILINE
)
_REQUIRE = r"require(?:_once|_relative)?[ \t]*\(?[ \t]*(?:'[^'\n]*'|\"[^\"\n]*\")[ \t]*\)?"
_REQUIRED = rf"(?:const|let|var)\b[^=\n]*=[ \t]*{_REQUIRE}(?:\.\w+)*"
_IMPORT = re.compile(
    r"#[ \t]*(?:include|pragma)\b.*|(?:import|using)\b(?![ \t]*\().*|(?:use|package|extern crate)[ \t].*"
    rf"|{_REQUIRE}|{_REQUIRED}|include(?:_once)?[ \t]+[\w:./'\"]+|library\([\w.'\"]+\)|open[ \t]+[A-Z][\w.]*"
    r"|uses[ \t][\w \t,.]*"
)
"""A statement that imports, and does nothing else."""
_IMPORTS_NAMES = re.compile(rf"^[ \t]*(?:import\b(?![ \t]*\()[^;\n]*|{_REQUIRED})[ \t]*;?[ \t\r]*$", re.MULTILINE)
_STATEMENT_END = re.compile(r"[;\n]")
_LIKE_C = frozenset(["c", "cpp", "cs", "d", "go", "java", "js", "kt", "php", "rs", "scala", "ts"])
_C_COMMENT = re.compile(
    r"(?P<comment>//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|(?P<open>\Z)))"
    r"|(?P<text>\"(?:[^\"\\\n]++|\\.)*+(?P<end>\"?))|'(?:[^'\\\n]++|\\.)*+'?"
)
"""Comments and strings. One without an end stays as it is, but the pattern consumes it whole: else time would be
quadratic."""
_COMMENT = {
    **dict.fromkeys(["exs", "pl", "R", "rb", "sh"], re.compile(r"(?<!\S)#[^\n]*+")),
    "rkt": re.compile(r"(?<!\S);[^\n]*+"),
    **dict.fromkeys(["hs", "lua", "sql"], re.compile(r"(?<!\S)--(?!\[)[^\n]*+")),
}
_MAIN = re.compile(r"\b[Mm]ain\s*\(")
# C# is one of them: mcs accepts no statements outside of a class.
_WITH_MAIN = frozenset(["c", "cpp", "cs", "d", "go", "java", "kt", "rs", "scala"])
_PROSE = re.compile(r"(?P<first>[A-Za-z][\w'’-]*+)(?P<more>(?:[,.!?]?[ \t]+[\w'’()\"`*-]+)*+)(?P<end>[.:!?]?)")
_MARKDOWN = re.compile(r"#{1,6} (?!(?:include|define|pragma|ifn?def|if|undef)\b)|\*\*|[-+*] |\d+[.)] |!?\[[^\]]*\]\(")
_C_END = re.compile(r"(?:[};)]|\*/|\?>)\Z|^(?:#end|//)")
_WORD = re.compile(r"[^\W\d]\w*")
_CALLED = re.compile(r"\b([^\W\d]\w*)[ \t]*\(")
_PASSED = re.compile(r"=[ \t]*([^\W\d]\w*)[ \t\r]*(?:;|$)", re.MULTILINE)
# What stands before and behind a name in C's relatives: a definition for certain, a use for certain.
_KEYWORD = r"\b(?:class|struct|union|enum|interface|trait|record|object|type|typealias|function\*?|fn|func|fun|def)\s+"
_DEFINED_BY_WORD = re.compile(rf"{_KEYWORD}\Z")
_MAY_BE_DEFINED = re.compile(rf"(?:{_KEYWORD}|\b(?:const|let|var|val|define)\s+|\)\s*)\Z")
_AFTER_TYPE = re.compile(r"(?:([^\W\d]\w*)|[>\]&*])[\s&*]*\Z")
_NO_TYPE = frozenset(["return", "else", "new", "throw", "case", "await", "yield", "in", "of", "typeof", "delete", "do"])
_BODY = re.compile(r"\s*\([^;{}]{0,1000}\)[^;{}()=]{0,200}\{")
_AFTER_CALL = re.compile(r"\s*(?:[;,)\]}.+/%?]|[=!<>]=|<<|>>|\|\||-(?!>)|\Z)")
_AS_TYPE = re.compile(r"[ \t]+(?!(?:struct|interface|func|map|chan)\b)[^\W\d]")
_PARENTHESIS = re.compile(r"[()]")
_EFFECTS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The facts about a piece of source that decide whether it is the program.

    ``defines`` has those of the required names that it defines, or may define; ``functions`` the functions and classes
    that other blocks could call; ``uses`` the names that it uses and binds nowhere, empty if it defines a required
    name. It ``is_program`` unless it is a transcript, a signature, a list of imports or the like.
    """

    defines: frozenset[str]
    functions: frozenset[str]
    uses: frozenset[str]
    is_program: bool
    parses: bool


def is_python(language: str) -> bool:
    return languages()[language].extension == "py"


def facts_of(text: str, language: str, names: frozenset[str], *, runs_alone: bool) -> SourceFacts:
    """Return the facts about a piece of source. A program that ``runs_alone`` needs a ``main`` if its language does."""
    if is_python(language):
        return _python_facts(text, names)
    extension = languages()[language].extension
    has_main = not runs_alone or extension not in _WITH_MAIN or bool(_MAIN.search(text))
    is_program = has_main and not _TRANSCRIPT.match(text) and not _only_imports(text, extension)
    defines = _find_definition(text, extension, names)
    return SourceFacts(defines, frozenset(), frozenset(), is_program, parses=True)


def is_whole_program(text: str, language: str) -> bool:
    """Tell whether text without a fence is a program, and not prose: Python must parse, do something, and have no
    statement without effect (``Or``, ``yes``, ``42``); in other languages its first line must not be a sentence."""
    if not is_python(language):
        first = next(filter(None, map(str.strip, text.splitlines())), "")
        return bool(first) and not _is_prose(first)
    tree = parse(text)
    if tree is None or not any(map(_acts, tree.body)):
        return False
    return all(_acts(each) or _is_string(each) for each in tree.body if isinstance(each, ast.Expr))


def is_program_before_fences(text: str, language: str, fences: int) -> bool:
    """Tell whether text before a number of fences is a program that the first of them closes, and not prose. Prose has
    whole blocks behind it, with two fences each."""
    return is_whole_program(text, language) if is_python(language) else fences % 2 == 1 and is_plausible(text, language)


def is_plausible(text: str, language: str) -> bool:
    """Tell whether the text of a block can be a whole program: Python must parse and do something; in other languages
    the first and last line must not be prose, and in C's relatives the last must end as programs do."""
    if is_python(language):
        tree = parse(text)
        return tree is not None and any(map(_acts, tree.body))
    lines = list(filter(None, map(str.strip, text.splitlines())))
    if not lines or _is_prose(lines[0]) or _is_prose(lines[-1]):
        return False
    if languages()[language].extension not in _LIKE_C:
        return True
    return not _MARKDOWN.match(lines[0]) and _C_END.search(lines[-1]) is not None


def parse(text: str) -> ast.Module | None:
    """Return Python's syntax tree, or None if the text does not parse, is too long or nests too deeply."""
    if len(text) > MAX_PARSED:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are reported when the program is compiled
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            return None


def test_names(test_code: str, language: str) -> frozenset[str]:
    """Return the names that test code takes from the program; none if the code does not show them. In languages like C
    some of them may be names of libraries: a program defines at least one of all."""
    if is_python(language):
        tree = parse(test_code)
        if tree is None:
            return frozenset()
        imports = (each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module == "solution")
        return _free_names(tree) | {alias.name for each in imports for alias in each.names if alias.name != "*"}
    if languages()[language].extension not in _LIKE_C or len(test_code) > MAX_PARSED:
        return frozenset()
    code = _strip_c_comments(test_code)
    names = {match[1] for pattern in (_CALLED, _PASSED) for match in pattern.finditer(code)}
    if len(names) > _MAX_NAMES:
        return frozenset()
    return frozenset(name for name in names if not _certainly_defines(code, name))


def _certainly_defines(code: str, name: str) -> bool:
    """Tell whether a source in a language like C has a function or class of this name, with its body."""
    mentions = islice(re.finditer(rf"\b{re.escape(name)}\b", code), _MAX_MENTIONS)
    return any(_is_definition(code, match.start(), match.end()) for match in mentions)


def _is_definition(code: str, start: int, end: int) -> bool:
    before, after = code[max(0, start - 200) : start], code[end : end + 1300]
    if _DEFINED_BY_WORD.search(before):
        return True
    kind = _AFTER_TYPE.search(before)
    return kind is not None and kind[1] not in _NO_TYPE and _BODY.match(after) is not None


def _find_definition(text: str, extension: str, names: frozenset[str]) -> frozenset[str]:
    """Return one of the names that a source defines or may define. In languages like C, a name that is only called, or
    only a variable's type, is not defined; in others, every name that occurs may be."""
    if not names:
        return frozenset()
    if extension not in _LIKE_C:
        words = {word.lower() for word in _WORD.findall(text)}
        return frozenset(islice((name for name in names if name.lower() in words), 1))
    code = _IMPORTS_NAMES.sub("", _strip_c_comments(text))
    mentions = (match for match in _WORD.finditer(code) if match[0] in names)
    for count, match in enumerate(mentions):
        if count == _MAX_MENTIONS or not _is_use(code, match.start(), match.end()):
            return frozenset([match[0]])
    return frozenset()


def _is_use(code: str, start: int, end: int) -> bool:
    """Tell whether a name is certainly only used here: called, or a variable's type."""
    if _MAY_BE_DEFINED.search(code, max(0, start - 40), start):
        return False
    if _AS_TYPE.match(code, end):
        return True
    behind = _end_of_arguments(code, end)
    return behind is not None and _AFTER_CALL.match(code, behind) is not None


def _end_of_arguments(code: str, at: int) -> int | None:
    """Return the offset behind a call's arguments, which start at ``at``. None if there are none, or their end is too
    far away."""
    while code[at : at + 1] in (" ", "\t"):
        at += 1
    depth = 0
    if code[at : at + 1] != "(":
        return None
    for parenthesis in _PARENTHESIS.finditer(code, at, at + _MAX_ARGUMENTS):
        depth += 1 if parenthesis[0] == "(" else -1
        if depth == 0:
            return parenthesis.end()
    return None


def _python_facts(text: str, names: frozenset[str]) -> SourceFacts:
    tree = parse(text)
    if tree is not None:
        defines = names and names & _bindings(tree, names)
        uses = frozenset[str]() if defines else _free_names(tree)
        is_program = bool(defines) or any(map(_acts, tree.body))
        return SourceFacts(defines, frozenset(_functions(tree)), uses, is_program, parses=True)
    if _TRANSCRIPT.match(text) or _is_signature(text):
        return SourceFacts(frozenset(), frozenset(), frozenset(), is_program=False, parses=False)
    defines = frozenset(name for name in names if _may_bind(text, name))
    return SourceFacts(defines, frozenset(), frozenset(), is_program=True, parses=False)


def _may_bind(text: str, name: str) -> bool:
    """Tell whether Python that does not parse may bind a name: define, import or assign it."""
    word = rf"\b{re.escape(name)}\b"
    # A pattern that runs to the end of its line may start only once in a line: else time would be quadratic.
    imported = rf"^(?:(?!\bimport\b)[^\n])*+import\b[^\n]*{word}"
    if re.search(rf"\b(?:def|class|as)[ \t]+{word}|{imported}", text, re.MULTILINE):
        return True
    assignments = re.finditer(rf"{word}[ \t]*+(?::[^=\n]*+)?(?P<sign>=(?!=))?", text)
    return any(match["sign"] for match in assignments)


def _is_signature(text: str) -> bool:
    """Tell whether text is ``def f(x) -> int:`` and no more, perhaps inside a class."""
    tree = parse(f"{text.rstrip().rstrip(':')}: ...")
    return tree is not None and not any(map(_acts, tree.body))


def _acts(statement: ast.stmt) -> bool:
    """Tell whether a statement has an effect: imports, constants and functions without a body have none."""
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


def _functions(tree: ast.Module) -> Iterator[str]:
    """Yield the names of a module's functions and classes that have a body, and of lambdas that it assigns."""
    for statement in tree.body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if _acts(statement):
                    yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                yield name


def _bindings(tree: ast.Module, names: frozenset[str]) -> frozenset[str]:
    """Return the names that a module or its classes bind: all of ``names`` if it calls a function, such as ``exec``,
    that can bind any name. Functions without a body do not count."""
    bound = {name for node in _outer(tree) for name in _bindings_of(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=declared):
                bound.update(declared)
            case ast.Name(id=name) if name in _DYNAMIC:
                return names
    return frozenset(bound)


def _outer(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of a module, without those inside its functions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def _bindings_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            if _acts(node):
                yield name
        case ast.ClassDef(name=name, bases=bases, body=body):
            if bases or _acts(node) or any(isinstance(each, ast.Assign) for each in body):
                yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            if not (isinstance(node, ast.ImportFrom) and node.module in _UNDER_TEST):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)


def _free_names(tree: ast.Module) -> frozenset[str]:
    """Return the names that a module uses and binds nowhere; none if ``import *`` or ``exec`` may bind them. Names in
    annotations are left out: it depends on Python's version whether they are evaluated."""
    used, bound = set(), set(_BUILTINS)
    for node in _walk_code(tree):
        match node:
            case ast.Name(id=name) if name in _DYNAMIC:
                return frozenset()
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name) | ast.arg(arg=name) | ast.MatchMapping(rest=str(name)):
                bound.add(name)
            case ast.ImportFrom(module=module, names=[ast.alias(name="*")]) if module not in _UNDER_TEST:
                return frozenset()
            case ast.alias(name=name, asname=asname):
                bound.add(asname or name.partition(".")[0])
            case _:
                # Functions, classes, exceptions that are caught, patterns, and the type parameters of Python 3.12.
                bound.add(getattr(node, "name", None) or "")
    return frozenset(used - bound)


def _walk_code(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of a tree, without annotations."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        annotations = (getattr(node, "annotation", None), getattr(node, "returns", None))
        waiting.extend(child for child in ast.iter_child_nodes(node) if child not in annotations)


def _only_imports(text: str, extension: str) -> bool:
    """Tell whether a source has nothing but imports and comments."""
    if extension in _LIKE_C:
        text = _strip_c_comments(text, keep_strings=True)
    elif extension in _COMMENT:
        text = _COMMENT[extension].sub("", text)
    statements = filter(None, map(str.strip, _STATEMENT_END.split(text)))
    return all(_IMPORT.fullmatch(each) for each in statements)


def _strip_c_comments(text: str, *, keep_strings: bool = False) -> str:
    """Return a source in a language like C without comments, and with empty strings in place of those in double quotes.
    Strings of a single word stay, since they may be names: ``globalThis["add"] = ...``."""

    def replacement(match: re.Match[str]) -> str:
        if match["comment"] is not None:
            return " " if match["open"] is None else match[0]
        if not match["end"] or keep_strings or _WORD.fullmatch(match["text"], 1, len(match["text"]) - 1):
            return match[0]
        return '""'

    return _C_COMMENT.sub(replacement, text)


def _is_prose(line: str) -> bool:
    """Tell whether a line is a sentence or a title: only words and punctuation."""
    match = _PROSE.fullmatch(line)
    if match is None:
        return False
    first = match["first"]
    if match["end"] == "." and not match["more"]:
        return False  # the end of a program in Pascal
    # SELECT, PROGRAM and the like start no sentence; "I" and "A" do.
    starts = first[0].isupper() and (len(first) == 1 or not first.isupper())
    return starts or match["end"] in (".", ":")
