"""The stage ``process``: cleans statements, converts tests to one form, adds samples as tests, and applies rules that
find broken texts.

No program runs here. Each rule rejects a problem with the text in question, or drops single tests and counts them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Suite, write_json
from evaluator.schema.jsontext import wrong_fields
from trainer_client.dataset import statement as statements
from trainer_client.dataset.arguments import BadValue, Signature, positional, signature_of
from trainer_client.dataset.config import DatasetConfig, ProcessConfig
from trainer_client.dataset.raw_tests import (
    Faults,
    call_tests,
    distinct,
    error_in,
    is_cut,
    line_tests,
    result_of,
    text_tests,
    value_tests,
)
from trainer_client.dataset.row import RAW_TESTS_PREFIX, Json, Problem, Rejection, Sample
from trainer_client.dataset.stage import Context, LanguageModel, Stage, StageResult
from trainer_client.dataset.text import clean, language_of

_SHOWN_CHARS = 300


class ProcessStage(Stage):
    """The stage ``process``. Reasons of its rejections: ``statement_short``, ``statement_unavailable``,
    ``links_only``, ``no_signature``, ``error_outputs``, ``bad_tests``, ``no_tests``, ``contradictory_tests``,
    ``bad_suite``. Quarantine: ``images_missing``."""

    name = "process"
    version = "1"

    def apply(self, problem: Problem, context: Context) -> StageResult:
        config = context.config.process
        problem = _readable(problem)
        reason = _unusable_statement(problem.statement, config.statement_min_chars)
        if reason:
            return Rejection(problem.id, self.name, reason, {"statement": problem.statement[:_SHOWN_CHARS]})
        problem = in_other_words(problem, context.config, context.llm)
        try:
            return _Tests(problem, config).of(context)
        except _NotUsable as fault:
            return Rejection(problem.id, self.name, fault.reason, fault.evidence)


class _NotUsable(Exception):
    def __init__(self, reason: str, evidence: Json) -> None:
        super().__init__(reason)
        self.reason, self.evidence = reason, evidence


def _readable(problem: Problem) -> Problem:
    """Return the problem with a clean statement and the facts that can be read from it."""
    text = clean(problem.statement)
    shown, placeholders = statements.images(text)
    problem = problem.evolve(
        statement=text,
        statement_original=problem.statement_original or problem.statement,
        language_of_statement=problem.language_of_statement or language_of(text),
        constraints=problem.constraints or statements.constraints_of(text),
        images_missing=max(problem.images_missing, shown + placeholders),
    )
    return problem.set_apart("images_missing") if placeholders else problem


def _unusable_statement(text: str, min_chars: int) -> str:
    """Return the reason why a statement cannot be used; "" if it can."""
    if statements.is_unavailable(text):
        return "statement_unavailable"
    if len(text) < min_chars:
        return "statement_short"
    return "links_only" if len(statements.without_links(text).strip()) < min_chars else ""


class _Tests:
    """A builder of a suite from a problem's tests."""

    def __init__(self, problem: Problem, config: ProcessConfig) -> None:
        self._problem, self._config = problem, config
        self._faults = Faults()
        self._signature: Signature | None = None

    def of(self, context: Context) -> Problem:
        """Store the problem's suite, and return the problem with it.

        Raises:
            _NotUsable: its tests cannot be used.
        """
        problem, fields = self._problem, {}
        if problem.suite_id.startswith(RAW_TESTS_PREFIX):
            raw = context.suites.get_raw(problem.suite_id)
            total = len(raw["inputs"])
            tests, repeated, contradictory = distinct(self._of_raw(raw))
            fields = self._fields(raw)
            del raw
        else:
            suite = context.suites.get(problem.suite_id)
            total, repeated, contradictory = max(len(suite.tests), 1), 0, []
            tests = self._usable(suite)
            fields = suite.model_dump(exclude_unset=True, exclude={"tests"})
        self._judge_faults(total, tests, contradictory)
        samples, added, mismatch = self._samples(tests, fields)
        tests += added
        suite = _suite({**fields, "tests": tests})
        suite_id, size = context.suites.put(suite)
        return self._row(suite, suite_id, size, total, samples).note(
            "process",
            tests_dropped=self._faults.to_json() if self._faults.counts else {},
            tests_repeated=repeated,
            samples_added=len(added),
            sample_mismatch=mismatch,
        )

    def _of_raw(self, raw: Mapping[str, Any]) -> Any:
        statement, inputs, outputs = self._problem.statement, raw["inputs"], raw["outputs"]
        match raw["form"]:
            case "text":
                return text_tests(inputs, outputs, statement, self._faults)
            case "lines":
                return line_tests(inputs, outputs, self._faults)
            case "values":
                return value_tests(inputs, outputs, statement, self._faults)
            case _:
                self._signature = self._known_signature(raw["function"])
                return call_tests(inputs, outputs, self._signature, statement, self._faults)

    def _known_signature(self, name: str) -> Signature:
        if (signature := self._signature_in_code(name)) is not None:
            return signature
        raise _NotUsable("no_signature", {"function": name, "starter_code": self._problem.starter_code[:_SHOWN_CHARS]})

    def _signature_in_code(self, name: str) -> Signature | None:
        programs = [self._problem.starter_code, *(each.code for each in self._problem.references)]
        signatures = (signature_of(code, name) for code in programs if code)
        return next((each for each in signatures if each is not None), None)

    def _fields(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the suite's fields other than its tests."""
        problem = self._problem
        fields: dict[str, Any] = {"mode": "stdio" if raw["form"] == "text" else "function"}
        if raw["form"] != "text":
            fields["function"] = {"name": raw["function"]}
            if self._signature is not None and self._signature.returns == "None":
                fields["function"]["answer"] = 0  # as on LeetCode: the function changes its first argument in place
        if problem.checker_json is not None:
            fields["checker"] = dict(problem.checker_json)
        if problem.limits_json is not None:
            fields["limits"] = dict(problem.limits_json)
        return fields

    def _usable(self, suite: Suite) -> list[dict[str, Any]]:
        """Return a suite's tests without those whose outputs are texts of errors, or cut."""
        tests = []
        for place, test in enumerate(suite.tests):
            written = test.model_dump(exclude_unset=True)
            if suite.mode == "stdio" and (is_cut(test.input) or is_cut(test.output)):
                self._faults.add("cut", place, repr(test.output))
            elif error := error_in(test.output, self._problem.statement):
                self._faults.add(error, place, str(test.output))
            else:
                tests.append(written)
        return tests

    def _judge_faults(self, total: int, tests: Sequence[Any], contradictory: Sequence[Any]) -> None:
        """Check that enough of the tests can be used.

        Raises:
            _NotUsable: too few can.
        """
        counts = self._faults.counts
        if counts["error_output"] and self._config.error_outputs == "reject":
            raise _NotUsable("error_outputs", {"of": total, **self._faults.to_json()})
        if contradictory:
            raise _NotUsable("contradictory_tests", {"input_output_other": contradictory[:3]})
        if counts.total() > self._config.bad_tests_max * total:
            raise _NotUsable("bad_tests", {"of": total, **self._faults.to_json()})
        if not tests and counts.total():
            raise _NotUsable("no_tests", {"of": total, **self._faults.to_json()})

    def _samples(
        self, tests: Sequence[Mapping[str, Any]], fields: Mapping[str, Any]
    ) -> tuple[tuple[Sample, ...], list[dict[str, Any]], list[Any]]:
        """Return the statement's samples, those of them that are not among the tests, and those that contradict one."""
        pairs = self._sample_pairs(fields)
        written = _as_json if fields["mode"] == "function" else str
        samples = self._problem.samples or tuple(Sample(written(value), written(expected)) for value, expected in pairs)
        added: list[dict[str, Any]] = []
        mismatch: list[Any] = []
        known = {json.dumps(test.get("input"), sort_keys=True): test.get("output") for test in tests}
        for value, expected in pairs:
            key = json.dumps(value, sort_keys=True)
            if key not in known and self._config.samples_as_tests:
                added.append({"input": value, "output": expected, "name": f"sample {len(added) + 1}"})
                known[key] = expected
            elif key in known and not _alike(known[key], expected):
                mismatch.append([_shown(value), _shown(expected), _shown(known[key])])
        if (fields.get("checker") or {}).get("kind") == "any_of":  # a sample shows only one of several outputs
            added = []
        return samples, added, mismatch

    def _sample_pairs(self, fields: Mapping[str, Any]) -> list[tuple[Any, Any]]:
        text, mode = self._problem.statement, fields["mode"]
        if mode == "stdio":
            return [(each.input, each.output) for each in self._problem.samples] or list(statements.block_samples(text))
        if mode != "function":
            return []
        signature = self._signature or self._signature_in_code(fields["function"]["name"])
        return _call_pairs(text, signature) if signature is not None else []

    def _row(self, suite: Suite, suite_id: str, size: int, total: int, samples: tuple[Sample, ...]) -> Problem:
        problem = self._problem
        function = suite.function.model_dump(mode="json", exclude_defaults=True) if suite.function else None
        checker = suite.checker.model_dump(mode="json", exclude_defaults=True) if suite.checker else None
        return problem.evolve(
            io_mode=suite.mode,
            function_json=function,
            checker_json=checker,
            samples=samples,
            suite_id=suite_id,
            suite_bytes=size,
            tests_total=total,
            tests_kept=len(suite.tests) or total,
            tests_complete=problem.tests_complete and not self._faults.counts,
        )


def _suite(fields: Mapping[str, Any]) -> Suite:
    try:
        return Suite.model_validate(fields)
    except ValidationError as error:
        lines = [line[:_SHOWN_CHARS] for line in wrong_fields(error, 3)]
        raise _NotUsable("bad_suite", {"errors": lines}) from error


def _call_pairs(text: str, signature: Signature) -> list[tuple[Any, Any]]:
    """Return a function's samples that can be parsed. Text between two samples may make one unreadable."""
    pairs = []
    for arguments, expected in statements.call_samples(text):
        try:
            pairs.append((positional(arguments, signature), result_of(expected, signature.returns)))
        except BadValue:
            continue
    return pairs


def _as_json(value: Any) -> str:
    return write_json(value).decode()


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    return bool(one == other)


def _shown(value: Any) -> str:
    return json.dumps(value)[:_SHOWN_CHARS]


_TRANSLATE = (
    "Translate this programming problem into English. Keep every number, name, formula, sample and constraint exactly "
    "as it is. Answer with the translation alone.\n\n{statement}"
)
_NORMALISE = (
    "Rewrite this programming problem as plain Markdown with the headings Input, Output, Constraints and Samples where "
    "it has them. Keep every number, name, formula, sample and constraint exactly as it is; add nothing and leave "
    "nothing out. Answer with the problem alone.\n\n{statement}"
)
_NUMBER = re.compile(r"\d+")


def in_other_words(problem: Problem, config: DatasetConfig, llm: LanguageModel | None) -> Problem:
    """The problem after the steps ``translate`` and ``normalise``, where they are asked for."""
    if llm is None or config.llm is None:
        return problem
    if "translate" in config.llm.steps and problem.language_of_statement not in ("en", "und"):
        problem = _ask(problem, llm, "translated", _TRANSLATE)
    if "normalise" in config.llm.steps:
        problem = _ask(problem, llm, "normalised", _NORMALISE)
    return problem


def _ask(problem: Problem, llm: LanguageModel, step: str, prompt: str) -> Problem:
    text = llm.ask(prompt.format(statement=problem.statement))
    if text is None or not text.strip():
        return problem.note("process", **{step: "no answer"})
    if lost := Counter(_NUMBER.findall(problem.statement)) - Counter(_NUMBER.findall(text)):
        return problem.note("process", **{step: f"refused: numbers {sorted(lost)[:5]} are missing"})
    changed = problem.evolve(
        statement=text.strip(), language_of_statement="en" if step == "translated" else problem.language_of_statement
    )
    return changed.note("process", **{step: "yes"})
