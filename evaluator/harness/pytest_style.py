"""What pytest would run of a file of tests: its functions and classes, once for each set of parameters, with fixtures.

Marks and fixtures are read from pytest's own decorators; running them is ours, since pytest's runner wants files and
plug-ins, and what it reports can be changed from within. Of pytest's own fixtures there are ``request``,
``monkeypatch`` and ``tmp_path``.
"""

from __future__ import annotations

import itertools
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, NamedTuple

from evaluator.harness.channel import Gone

_GENERATES = 0x20
"""Of a code object: it is a generator's (inspect.CO_GENERATOR)."""
_NOT_RUN_BY_A_CALL = _GENERATES | 0x80 | 0x200
"""Of a code object: it is a generator's, a coroutine's or an asynchronous generator's."""
_SCOPES = ("session", "package", "module", "class", "function")


class Unsupported(Exception):
    """The tests want what cannot be given here; the message names it."""


class Case(NamedTuple):
    """One run of a test function."""

    label: str
    run: Callable[[], None]


class _Fixture(NamedTuple):
    """As ``@pytest.fixture`` describes it."""

    name: str
    function: Callable[..., Any]
    scope: str
    params: tuple[Any, ...]
    autouse: bool
    owner: type | None


class Request:
    """What fixtures know as ``request``: ``param``, ``node.name``, ``cls``, ``module``, ``fixturename``, ``scope``,
    ``addfinalizer``, ``getfixturevalue``."""

    def __init__(self, run: _Run, fixture: _Fixture | None, undo: ExitStack) -> None:
        self.node = types.SimpleNamespace(name=run.name)
        self.cls, self.module = run.owner, types.SimpleNamespace(**run.style.globals)
        self.instance, self.function = run.instance, run.function
        self.fixturename = fixture.name if fixture else None
        self.scope = fixture.scope if fixture else "function"
        self.addfinalizer, self.getfixturevalue = undo.callback, run.value
        if fixture and fixture.name in run.params:
            self.param = run.params[fixture.name]


class PytestStyle:
    """The fixtures of one file, and what of them is set up.

    Args:
        names: the file's globals, once it has run.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self.globals = names
        self.set_up: dict[tuple[Any, ...], Any] = {}
        """Values of fixtures that outlive a test."""
        self.undo = {scope: ExitStack() for scope in _SCOPES}
        self._begun: set[str | type] = set()

    def cases(self, function: Callable[..., Any], owner: type | None) -> Iterator[Case]:
        """A test function, or a method of a class, once for each set of its parameters; none where its author skips it.

        Raises:
            Unsupported: it asks for a fixture that there is not.
        """
        require_a_call(function)
        marks = [*_marks(function), *(_marks(owner) if owner else ()), *_listed(self.globals.get("pytestmark", ()))]
        rows = [_Row({}, frozenset(), ())]
        for mark in marks:
            if mark.name == "parametrize":
                rows = [each.with_(more) for more in _rows(mark) for each in rows]
        wanted = [name for mark in marks if mark.name == "usefixtures" for name in mark.args]
        given = {name for row in rows for name in row.values if name not in row.indirect}
        fixtures = self._closure([*self._automatic(owner), *wanted, *_arguments(function, owner)], given, owner)
        own = [fixture for fixture in fixtures if fixture.params and fixture.name not in rows[0].indirect]
        sets = [
            (row, dict(zip((fixture.name for fixture in own), chosen, strict=True)))
            for row in rows
            for chosen in itertools.product(*(fixture.params for fixture in own))
        ]
        for index, (row, chosen) in enumerate(sets):
            all_marks = [*marks, *row.marks]
            if any(map(_skips, all_marks)):
                continue
            expected = [mark for mark in all_marks if mark.name == "xfail" and _holds(mark)]
            if any(not mark.kwargs.get("strict") for mark in expected):
                continue  # it may pass or fail: nothing to learn
            label = f"[{index}]" if len(sets) > 1 else ""
            values = {name: value for name, value in row.values.items() if name not in row.indirect}
            params = {**chosen, **{name: row.values[name] for name in row.indirect}}
            name = f"{function.__name__}{label}"
            run = _Run(self, function, owner, name, values, params, [each.name for each in fixtures])
            yield Case(label, partial(_expected_to_fail, run, expected[0]) if expected else run)

    def finish(self, scope: str) -> None:
        """Tear down what was set up for a class (``class``), or for the file (``session``)."""
        for each in reversed(_SCOPES[_SCOPES.index(scope) : -1]):
            self.set_up = {key: value for key, value in self.set_up.items() if key[0] != each}
            self.undo[each].close()

    def begin(self, run: _Run) -> None:
        """What is called before the first test of a file, or of a class."""
        if "module" not in self._begun:
            self._begun.add("module")
            _call_named(self.globals, "setup_module", None)
            self.undo["module"].callback(_call_named, self.globals, "teardown_module", None)
        if run.owner and run.owner not in self._begun:
            self._begun.add(run.owner)
            _call_of(run.owner, "setup_class")
            self.undo["class"].callback(_call_of, run.owner, "teardown_class")

    def find(self, name: str, owner: type | None, beneath: _Fixture | None = None) -> _Fixture | None:
        """A class's own fixture before the file's; ``beneath``: the one that a fixture of the same name overrides."""
        places = [(found, owner) for found in _members(owner).items()] if owner else []
        everywhere = [*places, *((found, None) for found in self.globals.items())]
        known = [fixture for (key, value), of in everywhere if (fixture := _fixture(key, value, of))]
        named = [fixture for fixture in known if fixture.name == name]
        if beneath in named:
            named = named[named.index(beneath) + 1 :]
        return named[0] if named else None

    def _automatic(self, owner: type | None) -> list[str]:
        found = [*self.globals.items(), *(_members(owner).items() if owner else ())]
        known = [fixture for key, value in found if (fixture := _fixture(key, value, None))]
        return [fixture.name for fixture in known if fixture.autouse]

    def _closure(self, names: list[str], given: set[str], owner: type | None) -> list[_Fixture]:
        """The fixtures that are needed, each after those that it wants, those that live longest first."""
        found: dict[str, _Fixture] = {}

        def need(name: str, beneath: _Fixture | None, chain: tuple[str, ...]) -> None:
            if name in given or (name in found and beneath is None):
                return
            fixture = self.find(name, owner, beneath)
            if fixture is None and name in _BUILT_IN:
                return
            if fixture is None:
                raise Unsupported(f"the fixture {name}, which the tests do not define")
            if chain.count(name) > 1:
                raise Unsupported(f"fixtures that want each other: {' -> '.join(chain)}")
            for wanted in _arguments(fixture.function, fixture.owner):
                need(wanted, fixture if wanted == name else None, (*chain, name))
            found.setdefault(name, fixture)

        for name in names:
            need(name, None, ())
        return sorted(found.values(), key=lambda fixture: _SCOPES.index(fixture.scope))


class _Run:
    """One test function with one set of parameters. Calling it runs it."""

    def __init__(
        self,
        style: PytestStyle,
        function: Callable[..., Any],
        owner: type | None,
        name: str,
        values: dict[str, Any],
        params: dict[str, Any],
        fixtures: list[str],
    ) -> None:
        self.style, self.function, self.owner, self.name = style, function, owner, name
        self.params, self.instance = params, None
        self._values, self._fixtures = values, fixtures
        self._undo = ExitStack()
        self._here: dict[Any, Any] = {}

    def __call__(self) -> None:
        with self._undo:
            self.style.begin(self)
            self.instance = self.owner() if self.owner else None
            if self.owner:
                self._around("setup_method", "teardown_method", vars_of=self.instance)
            else:
                self._around("setup_function", "teardown_function", vars_of=None)
            for name in self._fixtures:
                self.value(name)
            wanted = _arguments(self.function, self.owner)
            arguments = {name: self.value(name) for name in wanted}
            given = {name: value for name, value in self._values.items() if name not in arguments}
            self.function(*([self.instance] if self.owner else []), **arguments, **given)

    def value(self, name: str, beneath: _Fixture | None = None) -> Any:
        """A parameter, or what a fixture gives.

        Raises:
            Unsupported: there is no such fixture.
        """
        if name in self._values and beneath is None:
            return self._values[name]
        fixture = self.style.find(name, self.owner, beneath)
        if fixture is None and name in _BUILT_IN:
            return self._kept(("function", name), partial(_BUILT_IN[name], self), "function")
        if fixture is None:
            raise Unsupported(f"the fixture {name}, which the tests do not define")
        holder = self.owner if fixture.scope in ("class", "function") or fixture.owner else None
        parameter = self.params.get(name)
        # By identity: parameters need not be hashable, and they live as long as the file's definitions.
        key = (fixture.scope, name, id(fixture.function), id(parameter), holder)
        return self._kept(key, partial(self._set_up, fixture), fixture.scope)

    def _kept(self, key: tuple[Any, ...], make: Callable[[ExitStack], Any], scope: str) -> Any:
        kept, undo = (self._here, self._undo) if scope == "function" else (self.style.set_up, self.style.undo[scope])
        if key not in kept:
            kept[key] = make(undo)
        return kept[key]

    def _set_up(self, fixture: _Fixture, undo: ExitStack) -> Any:
        arguments: dict[str, Any] = {}
        for name in _arguments(fixture.function, fixture.owner):
            if name == "request":
                arguments[name] = Request(self, fixture, undo)
            else:
                arguments[name] = self.value(name, fixture if name == fixture.name else None)
        given = fixture.function(*([self.instance] if fixture.owner else []), **arguments)
        if not isinstance(given, types.GeneratorType) or not fixture.function.__code__.co_flags & _GENERATES:
            return given
        value = next(given)
        undo.callback(next, given, None)
        return value

    def _around(self, before: str, after: str, vars_of: Any) -> None:
        names = self.style.globals if vars_of is None else {n: getattr(vars_of, n, None) for n in (before, after)}
        _call_named(names, before, self.function)
        self._undo.callback(_call_named, names, after, self.function)


def _monkeypatch(_: _Run, undo: ExitStack) -> Any:
    patch = sys.modules["pytest"].MonkeyPatch()
    undo.callback(patch.undo)
    return patch


def _tmp_path(_: _Run, undo: ExitStack) -> Any:
    import tempfile
    from pathlib import Path

    return Path(undo.enter_context(tempfile.TemporaryDirectory()))


_BUILT_IN: dict[str, Callable[[_Run, ExitStack], Any]] = {
    "request": lambda run, undo: Request(run, None, undo),
    "monkeypatch": _monkeypatch,
    "tmp_path": _tmp_path,
}


class _Row(NamedTuple):
    """A set of parameters; those in ``indirect`` are for fixtures of their names."""

    values: dict[str, Any]
    indirect: frozenset[str]
    marks: tuple[Any, ...]

    def with_(self, other: _Row) -> _Row:
        return _Row({**self.values, **other.values}, self.indirect | other.indirect, (*self.marks, *other.marks))


def _rows(mark: Any) -> list[_Row]:
    """The sets of ``pytest.mark.parametrize``."""
    names, rows = (*mark.args, *(mark.kwargs[name] for name in ("argnames", "argvalues") if name in mark.kwargs))[:2]
    names = [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else list(names)
    indirect = mark.kwargs.get("indirect", False)
    through = frozenset(names if indirect is True else indirect or ())
    made = []
    for row in rows:
        written = hasattr(row, "values") and hasattr(row, "marks")  # pytest.param
        values = row.values if written else row if len(names) > 1 else (row,)
        made.append(_Row(dict(zip(names, values, strict=True)), through, tuple(row.marks) if written else ()))
    return made


def _marks(of: Any) -> list[Any]:
    return _listed(getattr(of, "pytestmark", ()))


def _listed(marks: Any) -> list[Any]:
    each = marks if isinstance(marks, list | tuple) else [marks]
    return [getattr(mark, "mark", mark) for mark in each]


def _skips(mark: Any) -> bool:
    return mark.name == "skip" or (mark.name == "skipif" and _holds(mark))


def _holds(mark: Any) -> bool:
    """The condition of ``skipif`` and ``xfail``; without one the mark always holds."""
    conditions = (*mark.args, *(mark.kwargs[name] for name in ("condition",) if name in mark.kwargs))
    if any(isinstance(condition, str) for condition in conditions):
        raise Unsupported(f"a condition that is a text, in {mark.name}")
    return not conditions or any(conditions)


def _expected_to_fail(run: _Run, mark: Any) -> None:
    """``xfail(strict=True)``: passing is a failure, and so is another exception than ``raises`` names."""
    expected = mark.kwargs.get("raises") or Exception
    try:
        run()
    except (Gone, Unsupported):
        raise
    except Exception as error:
        if isinstance(error, expected):
            return
        raise
    raise AssertionError("it was expected to fail, and passed")


def _fixture(key: str, value: Any, owner: type | None) -> _Fixture | None:
    marker = getattr(value, "_fixture_function_marker", None) if type(value).__module__ == "_pytest.fixtures" else None
    if marker is None:
        return None
    scope = marker.scope if isinstance(marker.scope, str) else None
    if scope not in _SCOPES:
        raise Unsupported(f"the scope of the fixture {key}, which is not a plain name")
    function = value._get_wrapped_function()
    params = tuple(_unmarked(param) for param in marker.params or ())
    return _Fixture(marker.name or key, function, scope, params, bool(marker.autouse), owner)


def _unmarked(param: Any) -> Any:
    return param.values[0] if hasattr(param, "values") and hasattr(param, "marks") else param


def _members(owner: type) -> dict[str, Any]:
    """A class's attributes, those of its bases too, a base's in the place where it had them."""
    return {name: value for base in reversed(owner.__mro__[:-1]) for name, value in vars(base).items()}


def is_run_by_a_call(function: Callable[..., Any]) -> bool:
    """Whether a call runs it, and does not only make a generator or a coroutine, which passes whatever is in it."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return not (isinstance(code, types.CodeType) and code.co_flags & _NOT_RUN_BY_A_CALL)


def require_a_call(function: Callable[..., Any]) -> None:
    """Make sure that a call runs a test.

    Raises:
        Unsupported: it does not.
    """
    if not is_run_by_a_call(function):
        name = function.__name__
        raise Unsupported(f"the test {name} to be awaited or iterated over: make it a plain function (asyncio.run)")


def methods(owner: type) -> list[tuple[str, Callable[..., Any]]]:
    """A class's test methods, inherited ones too."""
    return [
        (name, getattr(value, "__func__", value))
        for name, value in _members(owner).items()
        if name.startswith("test") and callable(getattr(value, "__func__", value))
    ]


def _arguments(function: Callable[..., Any], owner: type | None) -> list[str]:
    """Names that a function wants to be given: those without defaults, and not what ``mock.patch`` gives it."""
    import inspect  # here, so that a slot is not the larger for it where no such tests run

    default = getattr(sys.modules.get("unittest.mock"), "DEFAULT", None)
    patches = [each for each in getattr(function, "patchings", ()) if each.new is default]
    patched = sum(not each.attribute_name for each in patches)
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = [each for each in inspect.signature(function).parameters.values() if each.kind in plain]
    return [
        each.name for each in parameters[patched + (owner is not None) :] if each.default is inspect.Parameter.empty
    ]


def _call_of(owner: type, name: str) -> None:
    if (function := getattr(owner, name, None)) is not None:
        function()


def _call_named(names: dict[str, Any], name: str, about: Any) -> None:
    """Older ways to set up; they may leave out what they are about."""
    function = names.get(name)
    if callable(function):
        function(*([about] if _arguments(function, None) else []))
