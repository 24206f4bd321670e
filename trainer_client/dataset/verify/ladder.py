"""The checker ladder: the search for the strictest comparison that accepts all right programs and no wrong one.

Its floor forgives only form: ``tokens``, ``lines`` or ``json``, never ``exact``, which punishes honest programs. A
relaxation needs references that disagree, or a cue in the statement, and must refuse the wrong programs that the floor
refuses. If the statement allows several answers, no comparison with one of them is right: a checker program is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pydantic import TypeAdapter

from evaluator.checking import compare_output, compare_value
from evaluator.checking.mutation import of_output, of_value
from evaluator.harness.values import encode
from evaluator.schema import FloatChecker, OneChecker, Suite, TestCase, UnorderedChecker
from trainer_client.dataset.row import CheckerStatus
from trainer_client.dataset.verify.cues import Cues
from trainer_client.dataset.verify.table import AnswerTable

_ADAPTER: TypeAdapter[OneChecker] = TypeAdapter(OneChecker)
_MUTATED_TESTS = 40
"""Tests whose expected outputs are mutated, at most."""
_DECIMAL = re.compile(rb"(?<![\w.])-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Rung:
    """A checker, and the cue that allows it by itself; none for the floor."""

    checker: OneChecker
    cue: str = ""


def _rung(cue: str = "", **fields: Any) -> Rung:
    return Rung(_ADAPTER.validate_python(fields), cue)


def _decimals(powers: Sequence[int], stated: int | None) -> Iterator[Rung]:
    """Yield tolerances, the narrowest first, with the stated one among them."""
    for power in sorted({*powers, *([] if stated is None else [stated])}, reverse=True):
        yield _rung("decimal", kind="float", abs=10.0**-power, rel=10.0**-power)


@dataclass(frozen=True, slots=True)
class RungResult:
    """The result of one rung: the references that it accepts and the wrong programs that it refuses, by their places in
    the table."""

    rung: Rung
    accepted: tuple[int, ...]
    refused: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen rung, None if none is right, and the reason."""

    checker: OneChecker | None
    status: CheckerStatus
    why: str
    trials: tuple[RungResult, ...] = ()
    floor_is_wrong: bool = False
    """True if the statement allows answers that the floor refuses."""
    differ: bool = False
    """True if references show that a test has more than one right answer."""
    by_cue: bool = False
    """True if the statement allows what the checker forgives."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Programs by their places in a table. ``known_wrong`` must be refused whatever the statement says. Some of
    ``mutants`` may be right if the order of answers does not matter."""

    table: AnswerTable
    references: Sequence[int]
    known_wrong: Sequence[int] = ()
    mutants: Sequence[int] = ()
    trusted: bool = False
    """True if the references are known to be right: then one that differs from an expected output shows that both are
    right answers. Otherwise it shows that one of them is wrong."""

    @property
    def wrong(self) -> list[int]:
        return [*self.known_wrong, *self.mutants]


def rungs(suite: Suite, tolerance: int | None = None) -> tuple[Rung, ...]:
    """Return the ladder of a suite's mode, from the floor up. ``tolerance`` is the power of ten that a statement names.

    Raises:
        ValueError: nothing is compared in that mode.
    """
    if suite.mode == "function":
        return (
            _rung(kind="json"),
            *_decimals((9, 6, 5), tolerance),
            _rung("order", kind="unordered"),
            _rung("nested", kind="unordered", nested=True),
        )
    if suite.mode == "stdio":
        return (
            _rung(kind="lines"),
            _rung(kind="tokens"),
            _rung("case", kind="icpc_default"),
            *_decimals((9, 6, 4), tolerance),
            _rung("order", kind="unordered", of="lines"),
            _rung("order", kind="unordered", of="tokens"),
        )
    raise ValueError(f'mode "{suite.mode}" has no checker to suggest: only "stdio" and "function" compare outputs')


def climb(evidence: Evidence, cues: Cues = Cues()) -> Choice:  # noqa: B008  frozen
    """Choose the lowest rung that accepts all references, is allowed, and refuses the wrong programs."""
    ladder = rungs(evidence.table.suite, cues.tolerance)
    trials = tuple(_tried(evidence, rung) for rung in ladder)
    floor = _floor_of(trials)
    due = _due(cues, evidence.table.suite)
    if due.many or len(set(due.names) - {"nested"}) > 1:
        why = f"the statement names {', '.join(due.names)}: that takes a checker program"
        return Choice(None, "unproven", why, trials, floor_is_wrong=True)
    differ = _differ(evidence, floor)
    allowed = (trial for trial in trials if _allowed(trial.rung, due, evidence.table.suite, differ=differ))
    trial = next((each for each in allowed if len(each.accepted) == len(evidence.references)), None)
    if trial is None:
        return Choice(None, "unproven", _nothing_fits(trials, due, differ), trials, floor_is_wrong=bool(due))
    if too_loose := _accepted_wrong(evidence, floor, trial, due):
        why = f"{_named(trial.rung)} accepts {too_loose} wrong programs"
        return Choice(None, "unproven", why, trials, floor_is_wrong=bool(due))
    shown = differ if trial.rung.cue else len(evidence.references) > 1
    status = status_of(shown=shown, guarded=bool(trial.refused), by_cue=trial.rung.cue in due.names)
    why = _reason(trial, due, differ)
    return Choice(trial.rung.checker, status, why, trials, differ=differ, by_cue=trial.rung.cue in due.names)


def status_of(*, shown: bool, guarded: bool, by_cue: bool = False) -> CheckerStatus:
    """Return the proof that a checker has: references show that it is needed, or that the floor is enough; wrong
    programs show that it is not too loose."""
    if shown and guarded:
        return "proven"
    if by_cue and not shown:
        return "cue_only"
    return "inferred" if shown or guarded else "unproven"


def plausible(table: AnswerTable, programs: Sequence[int]) -> list[int]:
    """Return the programs that some rung accepts, all if there is none. The others have a wrong answer, or one that no
    comparison recognises."""
    passed = [table.accepted(rung.checker) for rung in rungs(table.suite)]
    some = [number for number in programs if any(accepted[number] for accepted in passed)]
    return some or list(programs)


def output_mutants(checker: OneChecker, suite: Suite) -> Iterator[tuple[str, bool]]:
    """Corrupt expected outputs in small ways. Yield each corruption's name, and True if the checker refuses it."""
    for test in suite.tests[:_MUTATED_TESTS]:
        for name, mutant in of_output(test.expected) if suite.mode == "stdio" else of_value(test.output):
            yield name, not _matches(checker, mutant, test, suite)


def _matches(checker: OneChecker, mutant: Any, test: TestCase, suite: Suite) -> bool:
    if suite.mode == "stdio":
        return compare_output(checker, mutant, test.expected).accepted
    return compare_value(checker, encode(mutant), test.output).accepted


def _tried(evidence: Evidence, rung: Rung) -> RungResult:
    accepted = evidence.table.accepted(rung.checker)
    return RungResult(
        rung,
        tuple(number for number in evidence.references if accepted[number]),
        tuple(number for number in evidence.wrong if not accepted[number]),
    )


def _floor_of(trials: Sequence[RungResult]) -> RungResult:
    """Return the rung of the floor that accepts most references, of several the strictest."""
    return max((trial for trial in trials if not trial.rung.cue), key=lambda trial: len(trial.accepted))


def _differ(evidence: Evidence, floor: RungResult) -> bool:
    """Tell whether references show that a test has more than one right answer."""
    checker = floor.rung.checker
    if evidence.trusted and len(floor.accepted) < len(evidence.references):
        return True
    return any(evidence.table.disagree(a, b, checker) for a, b in combinations(evidence.references, 2))


def _due(cues: Cues, suite: Suite) -> Cues:
    """Return the cues that can matter for this suite's outputs: order needs parts, tolerance a decimal."""
    outputs = [test.expected if suite.mode == "stdio" else test.output for test in suite.tests]
    parts = any(map(_has_parts, outputs))
    decimal = any(map(_has_decimal, outputs))
    letters = any(isinstance(output, bytes) and output.upper() != output.lower() for output in outputs)
    return Cues(
        order=cues.order and parts,
        nested=cues.nested and parts,
        many=cues.many and not all(map(_is_forced, outputs)),
        decimal=cues.decimal and decimal,
        tolerance=cues.tolerance,
        case=cues.case and letters,
    )


def _has_parts(output: Any) -> bool:
    """Tell whether an output has parts that may come in another order. A list of one counts: tests that are made later
    may have longer ones."""
    return len(output.split()) > 1 if isinstance(output, bytes) else isinstance(output, list) and bool(output)


def _has_decimal(output: Any) -> bool:
    if isinstance(output, list):
        return any(map(_has_decimal, output))
    return isinstance(output, float) or (isinstance(output, bytes) and _DECIMAL.search(output) is not None)


def _is_forced(output: Any) -> bool:
    """Tell whether an output leaves no choice: a truth value, or nothing at all."""
    return output is None or isinstance(output, bool) or (isinstance(output, bytes) and not output.strip())


def _allowed(rung: Rung, due: Cues, suite: Suite, *, differ: bool) -> bool:
    """Tell whether a rung may be chosen. One that forgives less than the statement is too strict, whatever the
    references did; one that forgives something else needs references that disagree."""
    named = set(due.names) - {"nested"}
    if not rung.cue:
        return not named
    if rung.cue == "nested":
        return due.nested or (differ and named <= {"order"})
    if rung.cue not in named:
        return differ and not named
    if isinstance(rung.checker, FloatChecker) and due.tolerance is not None:
        return rung.checker.abs >= 10.0**-due.tolerance
    if isinstance(rung.checker, UnorderedChecker):
        return not due.nested and (differ or rung.checker.of is None or rung.checker.of == _unit(suite))
    return True


def _unit(suite: Suite) -> str:
    """Return the unit that may come in any order, by the shape of the outputs: tokens if each has one line, lines if
    each line has one token, else unknown."""
    lines = [[line.split() for line in test.expected.strip().splitlines()] for test in suite.tests]
    if all(len(each) <= 1 for each in lines):
        return "tokens"
    return "lines" if all(len(line) <= 1 for each in lines for line in each) else "unknown"


def _accepted_wrong(evidence: Evidence, floor: RungResult, trial: RungResult, due: Cues) -> int:
    """Count the wrong programs that a rung accepts although the floor refuses them. If the statement has the rung's
    cue, only programs that are known to be wrong count."""
    must = set(evidence.known_wrong) if trial.rung.cue in due.names else set(evidence.wrong)
    return len(must & set(floor.refused) - set(trial.refused))


def _reason(trial: RungResult, due: Cues, differ: bool) -> str:
    if not trial.rung.cue:
        return f"all references pass with {_named(trial.rung)}"
    causes = ["the statement allows it"] if trial.rung.cue in due.names else []
    causes += ["references disagree"] if differ else []
    return f"{_named(trial.rung)}: {' and '.join(causes)}"


def _nothing_fits(trials: Sequence[RungResult], due: Cues, differ: bool) -> str:
    best = max(trials, key=lambda trial: len(trial.accepted))
    allowed = f"the statement names {', '.join(due.names)}; " if due.names else ""
    disagree = "references disagree" if differ else "references do not disagree with each other"
    return f"{allowed}{disagree}; {_named(best.rung)} accepts most of them, {len(best.accepted)}"


def _named(rung: Rung) -> str:
    return rung.checker.model_dump_json(exclude_defaults=False, exclude_none=True)
