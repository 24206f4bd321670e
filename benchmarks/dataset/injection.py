"""Copies of problems, changed as copies in the wild are: to be found again.

The changes are made without the rules that find them: words are replaced by a list of made-up ones, names by a syntax
tree, markup is written as web pages and Markdown have it.
"""

from __future__ import annotations

import ast
import html
import random
import re
from dataclasses import dataclass, replace

from benchmarks.dataset.real_sets import MemorySuites
from trainer_client.dataset.row import Problem, Reference

_WORD = re.compile(r"[A-Za-z_]\w*")
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
)
_SENTENCES = (
    "The archive of the northern harbour was moved three times before anyone wrote a catalogue of what it held.",
    "Visitors are asked to leave their umbrellas at the entrance, where the floor has been wet since the spring.",
    "A committee of seven gardeners met on Thursdays to agree upon the colour of next year's tulips.",
    "Nobody could say when the clock above the station had stopped, only that it had been right twice a day since.",
    "The recipe calls for two onions, a handful of parsley and more patience than the cook had brought along.",
    "Between the hills runs a narrow railway whose only engine is older than the tunnel that it passes through.",
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A changed copy, and what it is a copy of."""

    problem: Problem
    of: str
    kind: str


def exact(problem: Problem, rng: random.Random) -> Problem:
    """The same statement, with other blanks at its ends."""
    return replace(problem, id=f"copy/{problem.id}", statement=f"\n{problem.statement}  \n")


def markup(problem: Problem, rng: random.Random) -> Problem:
    """The same words as HTML, Markdown or LaTeX, in another case."""
    text = problem.statement
    style = rng.choice(("html", "markdown", "latex"))
    if style == "html":
        paragraphs = (f"<p>{html.escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())
        text = "\n".join(paragraphs).replace("Example", '<strong class="example">Example</strong>')
    elif style == "markdown":
        text = re.sub(r"\b(Input|Output|Explanation|Constraints)\b", r"**\1**", text).replace(
            "Example ", "### Example "
        )
    else:
        text = re.sub(r"\b(\d+) <= (\w+) <= (\d+)\b", r"$\1 \\leq \2 \\leq \3$", text)
    if rng.random() < 0.5:
        text = text.upper() if style != "latex" else text.capitalize()
    return replace(problem, id=f"copy/{problem.id}", statement=text)


def renamed(problem: Problem, rng: random.Random, suites: MemorySuites) -> Problem:
    """Another name for the function and for each parameter, in statement, starter code, tests and program."""
    names = {name: _new_name(name, rng) for name in _starter_names(problem.starter_code)}

    def changed(text: str) -> str:
        return _WORD.sub(lambda found: names.get(found[0], found[0]), text)

    function = {**(problem.function_json or {}), "name": names.get(_function(problem), _function(problem))}
    return replace(
        problem,
        id=f"copy/{problem.id}",
        statement=changed(problem.statement),
        starter_code=changed(problem.starter_code),
        function_json=function,
        suite_id=_renamed_suite(problem, function["name"], suites),
        references=tuple(Reference(_renamed_program(each.code, names)) for each in problem.references),
    )


def other_story(problem: Problem, rng: random.Random, suites: MemorySuites) -> Problem:
    """Every word of the statement replaced by a made-up one, names too; the tests are the same in another order."""
    story: dict[str, str] = {}

    def word(found: re.Match[str]) -> str:
        return story.setdefault(found[0].lower(), "".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))))

    copy = renamed(problem, rng, suites)
    suite = suites.get(copy.suite_id)
    tests = list(suite.tests)
    rng.shuffle(tests)
    suite_id, _ = suites.put(suite.model_copy(update={"tests": tuple(tests)}))
    return replace(copy, statement=_WORD.sub(word, problem.statement), suite_id=suite_id)


def halved(problem: Problem, rng: random.Random, suites: MemorySuites) -> Problem:
    """The first half of the statement's words."""
    words = problem.statement.split(" ")
    return _without_solution(problem, " ".join(words[: len(words) // 2]))


def embedded(problem: Problem, rng: random.Random, suites: MemorySuites) -> Problem:
    """The statement amid three times as much prose."""
    prose = [" ".join(rng.choices(_SENTENCES, k=len(problem.statement.split()) // 15 + 2)) for _ in range(2)]
    return _without_solution(problem, f"{prose[0]}\n\n{problem.statement}\n\n{prose[1]}")


def verbatim(problem: Problem, rng: random.Random, suites: MemorySuites) -> Problem:
    """The statement alone."""
    return _without_solution(problem, problem.statement)


def solution_only(problem: Problem, rng: random.Random, suites: MemorySuites) -> Problem:
    """Another statement for the same program, whose names are changed; without tests."""
    copy = other_story(problem, rng, suites)
    return replace(copy, suite_id="", statement=" ".join(rng.choices(_SENTENCES, k=4)) + copy.statement[:80])


def _without_solution(problem: Problem, statement: str) -> Problem:
    return replace(problem, id=f"copy/{problem.id}", statement=statement, references=(), suite_id="")


def _function(problem: Problem) -> str:
    return str((problem.function_json or {}).get("name", ""))


def _starter_names(starter: str) -> list[str]:
    tree = ast.parse(starter.rstrip() + (" ..." if starter.rstrip().endswith(":") else ""))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name != "__init__"]
    arguments = [each.arg for node in functions for each in node.args.args if each.arg != "self"]
    return [*(node.name for node in functions), *arguments]


def _new_name(name: str, rng: random.Random) -> str:
    new = "".join(rng.choices(_SYLLABLES, k=2))
    return new + "".join(each.capitalize() for each in rng.choices(_SYLLABLES, k=1)) if len(name) > 6 else new


def _renamed_suite(problem: Problem, name: str, suites: MemorySuites) -> str:
    suite = suites.get(problem.suite_id)
    assert suite.function is not None
    changed = suite.model_copy(update={"function": suite.function.model_copy(update={"name": name})})
    return suites.put(changed)[0]


class _Names(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._names.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            node.attr = self._names.get(node.attr, node.attr)
        return self.generic_visit(node)


def _renamed_program(code: str, names: dict[str, str]) -> str:
    return ast.unparse(_Names(names).visit(ast.parse(code)))
