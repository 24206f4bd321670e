"""Imports point down: the table says which rooms of the house each room may import, and no modules import in a circle."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter

from tests.house.source import PACKAGES, Import, imports, modules

MAY_IMPORT: dict[str, set[str]] = {
    # ``sandbox`` runs programs; the modules directly in it are shared by the two rooms below.
    "sandbox": {"sandbox.kernel", "sandbox.zygote"},
    "sandbox.kernel": {"sandbox"},
    "sandbox.zygote": {"sandbox", "sandbox.kernel"},
    # The wire contract stands alone.
    "evaluator.schema": set(),
    # Mode program, in jails: standard library only.
    "evaluator.forms": set(),
    "evaluator.sealing": set(),
    "evaluator.judging": {"evaluator.forms", "evaluator.harness", "evaluator.sealing"},
    "evaluator.harness": {"evaluator.forms", "evaluator.judging", "evaluator.sealing", "sandbox"},
    # The engine: settings, errors and the like are the modules directly in ``evaluator``.
    "evaluator": {"evaluator.schema", "sandbox", "sandbox.kernel"},
    "evaluator.checking": {"evaluator.harness", "evaluator.schema"},
    "evaluator.extraction": {"evaluator", "evaluator.schema", "sandbox"},
    "evaluator.grading": {
        *("evaluator", "evaluator.checking", "evaluator.extraction", "evaluator.harness", "evaluator.judging"),
        "evaluator.sealing",
        *("evaluator.schema", "sandbox"),
    },
    "evaluator.queueing": {"evaluator", "evaluator.grading", "evaluator.schema", "sandbox", "sandbox.kernel"},
    # The built pages, as files.
    "evaluator.web": set(),
    "evaluator.jobs": {"evaluator", "evaluator.queueing", "evaluator.schema", "sandbox"},
    "evaluator.api": {
        *("evaluator", "evaluator.checking", "evaluator.extraction", "evaluator.jobs", "evaluator.queueing"),
        *("evaluator.schema", "evaluator.web", "sandbox", "sandbox.kernel"),
    },
    # Clients know the wire contract, and speak HTTP.
    "trainer_client": {"evaluator.schema"},
    "trainer_client.benchmarks": {"evaluator.schema", "trainer_client"},
    "trainer_client.rewards": {"evaluator.schema", "trainer_client"},
    "trainer_client.evals": {"evaluator.schema", "trainer_client", "trainer_client.benchmarks"},
    "trainer_client.grpo": {
        "evaluator.schema",
        "trainer_client",
        "trainer_client.benchmarks",
        "trainer_client.dataset",  # its readers of files, and nothing else
        "trainer_client.rewards",
    },
    # It watches what the trainers do, from their logs or from within.
    "trainer_client.diagnosis": {"trainer_client.grpo"},
    # It tries checkers by the thousand on answers that it already has: one request for each would take days.
    "trainer_client.dataset": {
        *("evaluator.checking", "evaluator.harness", "evaluator.schema"),
        *("trainer_client", "trainer_client.benchmarks", "trainer_client.packages"),
    },
    "trainer_client.packages": {"evaluator.schema"},
    # The command line stands on everything.
    "evaluator.cli": {
        *("evaluator", "evaluator.api", "evaluator.extraction", "evaluator.queueing", "evaluator.schema", "sandbox"),
        "evaluator.web",
        *("trainer_client", "trainer_client.benchmarks", "trainer_client.dataset", "trainer_client.diagnosis"),
        *("trainer_client.grpo", "trainer_client.packages"),
    },
}
"""The rooms that each room may import beside itself. A room is a package; the modules directly in ``sandbox``,
``evaluator`` and ``trainer_client`` are rooms of those names."""

EXCEPTIONS = {
    ("evaluator.__main__", "evaluator.cli"): "python -m evaluator is the command line",
    ("evaluator.tracing", "evaluator.queueing"): "wraps a queue; the API imports it where traces are configured",
}
"""Imports by single modules of a room, with the reason."""

STANDARD_LIBRARY_ONLY = (
    *("sandbox", "sandbox.kernel", "sandbox.zygote"),
    *("evaluator.forms", "evaluator.sealing", "evaluator.judging", "evaluator.harness", "evaluator.extraction"),
)
"""Rooms that run in jails, or must be installable without packages."""

WAYS_TO_PRINT = {"rich", "rich.console", "rich.markup"}
MAY_PRINT = {("evaluator.cli.terminal", "rich.console"), ("evaluator.cli", "rich")}
"""The terminal; and the look whether rich is installed."""


def test_every_import_points_down() -> None:
    wrong = [each for each in _between_rooms() if not _is_allowed(each)]
    assert not wrong, "not in the table; move what both need further down, or ask for it:\n" + "\n".join(
        map(str, wrong)
    )


def test_every_arrow_of_the_table_is_needed() -> None:
    used = {(_room(each.module.name), _room(each.target)) for each in _between_rooms()}
    unused = sorted(f"{room} -> {each}" for room, below in MAY_IMPORT.items() for each in below - _below(room, used))
    assert not unused, "nothing imports along these arrows any more; delete them:\n" + "\n".join(unused)


def test_every_exception_is_needed() -> None:
    used = {(each.module.name, _room(each.target)) for each in _between_rooms()}
    assert set(EXCEPTIONS) <= used


def test_no_modules_import_in_a_circle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for each in imports():
        if each.target in graph:
            graph[each.module.name].add(each.target)
    circle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert not circle, "a circle of imports: " + " <- ".join(circle)


def test_jails_and_sandbox_need_the_standard_library_alone() -> None:
    foreign = [
        each
        for each in imports()
        if _room(each.module.name) in STANDARD_LIBRARY_ONLY
        and (top := each.target.partition(".")[0]) not in PACKAGES
        and top not in sys.stdlib_module_names
    ]
    assert not foreign, "these rooms have no packages:\n" + "\n".join(map(str, foreign))


def test_the_command_line_prints_by_its_terminal_alone() -> None:
    others = [
        each for each in imports() if each.target in WAYS_TO_PRINT and (each.module.name, each.target) not in MAY_PRINT
    ]
    assert not others, "evaluator.cli.terminal shows texts that nobody obeys:\n" + "\n".join(map(str, others))


def test_no_wait_loses_a_cancellation() -> None:
    lossy = [
        f"{module.path}:{node.lineno}"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "asyncio.wait_for"
    ]
    assert not lossy, "asyncio.wait_for loses one before Python 3.12; asyncio.timeout does not:\n" + "\n".join(lossy)


def _between_rooms() -> list[Import]:
    ours = [each for each in imports() if each.target.partition(".")[0] in PACKAGES]
    return [each for each in ours if _room(each.module.name) != _room(each.target)]


def _room(name: str) -> str:
    """Return the room of a module: the package directly below ``sandbox``, ``evaluator`` or ``trainer_client``."""
    top, *rest = name.split(".")
    package = f"{top}.{rest[0]}" if rest else top
    return package if rest and package in modules() and modules()[package].is_package else top


def _is_allowed(each: Import) -> bool:
    room, below = _room(each.module.name), _room(each.target)
    return below in MAY_IMPORT[room] or (each.module.name, below) in EXCEPTIONS


def _below(room: str, used: set[tuple[str, str]]) -> set[str]:
    return {below for upper, below in used if upper == room}
