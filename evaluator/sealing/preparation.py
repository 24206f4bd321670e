"""``seal``: from the author's tests to the suite that is delivered and the conditions that stay outside."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from evaluator.sealing import framework, neutral
from evaluator.sealing.assertions import Assertion, Assertions
from evaluator.sealing.attributes import ClassAttributes
from evaluator.sealing.cells import Cell, Cells
from evaluator.sealing.columns import Column, Columns
from evaluator.sealing.conditions import Condition, ConditionSplitter
from evaluator.sealing.constants import Constants, is_number, unparse
from evaluator.sealing.flow import Flow
from evaluator.sealing.hiding import Hiding
from evaluator.sealing.objects import Objects
from evaluator.sealing.regions import Region, Regions
from evaluator.sealing.rewriter import AssertionSite, Rewriter, drop_runners, token
from evaluator.sealing.scopes import Scopes
from evaluator.sealing.sealed import RECORDER, CannotSeal, Form, Kind, NothingToTest, Sealed, Site
from evaluator.sealing.source import Function, Source, callee, dotted, room_to_recurse

_NEEDS_REFERENCE = "needs a reference: an object that decides itself what it equals is refused here"


def seal(
    test_code: str,
    *,
    entry_point: str | None = None,
    preface: str = "",
    names: frozenset[str] = frozenset(),
    opened: frozenset[int] = frozenset(),
) -> Sealed:
    """Seal an author's tests.

    Args:
        test_code: the author's text.
        entry_point: the suite's, for tests that are a function ``check``.
        preface: source whose imports conditions may use too, as the submission's prelude.
        names: what the reference defines.
        opened: numbers of sites that stay open, since the reference showed that they have to.
    Raises:
        UnparsableTests: the text does not parse.
        NothingToTest: nothing in it can fail.
        TooComplex: it is too long, or nests too deeply.
    """
    with room_to_recurse():
        return _Preparation(test_code, entry_point, preface, names).seal(opened)


class _Preparation:
    """One text on its way."""

    def __init__(self, test_code: str, entry_point: str | None, preface: str, names: frozenset[str]) -> None:
        self._source = source = Source(test_code)
        _refuse_recorder(source, names)
        self._framework = framework.find_framework(source, entry_point)
        self._tests = neutral.Names(source)
        self._regions = Regions(source)
        neutral.drop(source, self._regions, self._tests)
        drop_runners(source.module)
        source.index()
        self._flags = find_flags(source) | ({"own name"} if self._tests.reads_own else set())
        self._scopes = Scopes(source)
        self._attributes = ClassAttributes(source, self._scopes)
        self._constants = Constants(source, self._scopes, self._attributes, preface, names)
        self._cells = Cells(source, self._scopes, self._constants)
        self._columns = Columns(source, self._constants, self._cells)
        module_names = framework.find_module_names(source)
        # A reference's run shows where an object compares itself.
        self._objects = None if names else Objects(source, self._scopes, self._attributes, module_names)
        conditions = ConditionSplitter(self._constants, self._columns)
        self._assertions = list(Assertions(source, self._scopes, self._constants, conditions).find())
        if not self._assertions and not any(map(_can_fail, source.nodes)):
            raise NothingToTest("no assertion, raise or test in the tests: nothing in them can fail")

    def seal(self, opened: frozenset[int]) -> Sealed:
        """Decide each site and write the text."""
        flow = Flow(self._source, self._scopes, self._constants, self._columns, self._assertions)
        whys = [
            "sealed it does not hold for the reference" if number in opened else self._why_open(assertion, flow)
            for number, assertion in enumerate(self._assertions)
        ]
        secrets = [
            assertion
            for assertion, why in zip(self._assertions, whys, strict=True)
            if not why and assertion.condition is not None and assertion.condition.has_secret
        ]
        hiding = Hiding(self._source, self._scopes, self._attributes, self._constants, self._cells, secrets)
        tokens = Tokens(hiding.cells(), self._constants)
        sites = tuple(
            self._site(number, assertion, why, hiding, tokens)
            for number, (assertion, why) in enumerate(zip(self._assertions, whys, strict=True))
        )
        module_names = framework.find_module_names(self._source)
        return Sealed(
            text=self._text(sites, tokens),
            framework=self._framework,
            sites=sites,
            tokens=tokens.sources,
            columns=tuple(tokens.columns),
            imports=self._constants.find_imports([*tokens.sources, *(site.condition or "" for site in sites)]),
            tests=self._tests.authors,
            flags=tuple(sorted(self._flags)),
            loose=flow.loose_comparisons,
            separate=bool(module_names),
            module_names=module_names,
        )

    def _region(self, assertion: Assertion) -> Region:
        return self._regions.of(assertion.statement)

    def _why_open(self, assertion: Assertion, flow: Flow) -> str:
        """Return the reason, in the site itself, why it cannot be sealed; empty if it can."""
        region, condition = self._region(assertion), assertion.condition
        if condition is None:
            return assertion.why_open
        if region.caught:
            return "the tests hear of its failure"
        if assertion.shape == "mock":
            return ""
        if not condition.leaves:
            return "nothing of the submission in it"
        if condition.skips and (region.guarded or region.class_body or not condition.fits_lambdas):
            return "it may stop early, where that makes a difference"
        if flow.is_loose(condition):
            return "it depends on a comparison outside an assertion"
        if not condition.has_secret and not condition.is_truth:
            return "both sides come from the process"
        if condition.has_secret and self._objects is not None and self._compares_object(condition, self._objects):
            return "an object of the submission's is compared"
        return ""

    def _compares_object(self, condition: Condition, objects: Objects) -> bool:
        values = [leaf.node for leaf in condition.leaves if not leaf.truth]
        if any(map(objects.is_object, values)):
            return True
        return any(map(objects.may_be_object, values)) and self._has_numbers_only(condition)

    def _has_numbers_only(self, condition: Condition) -> bool:
        """Tell whether all that a condition compares with is a number."""
        cells = [cell.node for _, column in condition.tokens for cell in column.cells]
        return all(is_number(self._constants.inline(node)) for node in (*condition.constants, *cells))

    def _doubt(self, condition: Condition | None) -> str:
        """Say what only a reference would show of a site that is sealed without one."""
        if condition is None or self._objects is None:
            return ""
        values = [leaf.node for leaf in condition.leaves if not leaf.truth]
        return _NEEDS_REFERENCE if condition.has_secret and any(map(self._objects.may_be_object, values)) else ""

    def _site(self, number: int, assertion: Assertion, why: str, hiding: Hiding, tokens: Tokens) -> Site:
        region, condition = self._region(assertion), assertion.condition
        if not why and assertion in hiding.impossible:
            why = "its constant is also used outside assertions"
        elif not why and condition is not None and condition.has_secret and hiding.may_change(assertion):
            why = "its constant is also used outside assertions, and may change there"
        sealed = condition if not why else None
        expression = sealed.expression if sealed is not None else None
        has_secret = sealed is not None and sealed.has_secret
        columns = [column for _, column in sealed.tokens] if sealed is not None else []
        return Site(
            number=number,
            kind=_kind(assertion, why, has_secret),
            form=_form(assertion, why),
            condition=unparse(expression) if expression is not None else None,
            line=assertion.statement.lineno if assertion.shape == "context" else assertion.node.lineno,
            text=self._source.excerpt(assertion.node if assertion.shape != "element" else assertion.statement),
            test=region.test,
            straight=region.straight and not region.caught and assertion.shape != "element",
            why="" if why == "raises" else why or self._doubt(sealed),
            leaves_truth=tuple(leaf.truth for leaf in sealed.leaves) if sealed is not None else (),
            visible=has_secret and hiding.shows(assertion),
            statement=sealed is not None and sealed.statement,
            columns=tuple(map(tokens.number_column, columns)),
            each_row=bool(columns)
            and region.each_row
            and all(column.each_row for column in columns)
            and self._comes_to_each(assertion),
        )

    def _comes_to_each(self, assertion: Assertion) -> bool:
        """No loop around an assertion leaves rows out: a condition, or a ``zip`` with something shorter."""
        return all(self._runs_through(outer) for outer in self._source.ancestors(assertion.node))

    def _runs_through(self, node: ast.AST) -> bool:
        if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
            return all(not part.ifs and self._zips_evenly(part.iter) for part in node.generators)
        return not isinstance(node, (ast.For, ast.AsyncFor)) or self._zips_evenly(node.iter)

    def _zips_evenly(self, table: ast.expr) -> bool:
        if callee(table) == "enumerate" and isinstance(table, ast.Call) and table.args:
            return self._zips_evenly(table.args[0])
        if callee(table) != "zip" or not isinstance(table, ast.Call):
            return True
        lengths = {self._cells.length(argument) for argument in table.args}
        return len(lengths) == 1 and None not in lengths

    def _text(self, sites: Iterable[Site], tokens: Tokens) -> str:
        tokens.put()
        pairs = [AssertionSite(*pair) for pair in zip(self._assertions, sites, strict=True)]
        module = Rewriter(pairs).visit(self._source.module)
        try:
            return unparse(module) + "\n"
        except ValueError as error:  # what this Python's own unparse cannot write
            raise CannotSeal(f"the tests cannot be rewritten: {error}. Write the f-string more simply") from None


class Tokens:
    """The cells that tokens replace, numbered, and the columns that they form."""

    def __init__(self, cells: list[Cell], constants: Constants) -> None:
        self._cells = cells
        self._numbers = {cell.node: number for number, cell in enumerate(cells)}
        self._column_numbers: dict[Column, int] = {}
        self.columns: list[tuple[int, ...]] = []
        self.sources = tuple(unparse(constants.inline(cell.node)) for cell in cells)

    def number_column(self, column: Column) -> int:
        """The number of a column whose cells are all replaced."""
        if column not in self._column_numbers:
            self._column_numbers[column] = len(self.columns)
            self.columns.append(tuple(sorted(self._numbers[cell.node] for cell in column.cells)))
        return self._column_numbers[column]

    def put(self) -> None:
        """Replace the cells in the tree."""
        for number, cell in enumerate(self._cells):
            cell.replace(token(number))


def _kind(assertion: Assertion, why: str, has_secret: bool) -> Kind:
    if why == "raises":
        return "raises"
    if why:
        return "open"
    return "sealed" if has_secret or assertion.shape == "mock" else "truth"


def _form(assertion: Assertion, why: str) -> Form:
    if assertion.shape == "context":
        return "raises"
    if why:
        return "reached"
    if assertion.shape == "mock":
        return "mock"
    return "lazy" if assertion.condition is not None and assertion.condition.skips else "site"


def _refuse_recorder(source: Source, names: frozenset[str]) -> None:
    if RECORDER in names or any(isinstance(node, ast.Name) and node.id == RECORDER for node in source.nodes):
        raise CannotSeal(f"the name {RECORDER} is ours: give it another one in the tests, and in the reference")


def _can_fail(node: ast.AST) -> bool:
    """A statement that can end a test, or a test, which any exception can."""
    if isinstance(node, Function):
        return node.name.startswith("test")
    if isinstance(node, ast.Call):
        return callee(node) in ("fail", "exit", "_exit", "testmod", "main") or callee(node).startswith("assert")
    return isinstance(node, (ast.Raise, ast.Assert))


_CLOCK = {"time", "time_ns", "perf_counter", "monotonic", "now", "today", "utcnow", "process_time", "timeit"}
_CLOCK_OWNERS = {"time", "datetime", "date", "timeit", "pd.Timestamp", "datetime.datetime", "datetime.date"}
_CHANCE_OWNERS = {"random", "np.random", "numpy.random", "secrets"}
_CHANCE = {"uuid.uuid4", "uuid4", "os.urandom", "randint", "shuffle", "urandom"}
_SEEDS = {"seed", "default_rng", "RandomState", "Random", "manual_seed"}


def find_flags(source: Source) -> set[str]:
    """``clock`` and ``chance``, where the text reads them. Chance with a seed is none."""
    flags: set[str] = set()
    seeded = False
    for node in source.nodes:
        if isinstance(node, ast.Attribute):
            owner = dotted(node.value)
            seeded |= node.attr in _SEEDS
            if node.attr in _CLOCK and owner in _CLOCK_OWNERS:
                flags.add("clock")
            if owner in _CHANCE_OWNERS or f"{owner}.{node.attr}" in _CHANCE:
                flags.add("chance")
        elif isinstance(node, ast.Name) and node.id in _CHANCE:
            flags.add("chance")
    return flags - {"chance"} if seeded else flags
