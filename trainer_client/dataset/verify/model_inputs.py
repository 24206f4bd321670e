"""Inputs by a language model's generator, and a validator by the model for all new inputs.

Neither is trusted by itself. The validator is used only if it accepts every input of the suite; inputs are used only if
references agree on their outputs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from evaluator.schema import Limits, RunRequest, Suite, TestCase, to_string
from trainer_client.dataset.verify.inputs import text_of
from trainer_client.dataset.verify.model_programs import model_for, written_program
from trainer_client.dataset.verify.work import Work

_LIMITS = Limits(cpu_s=5.0)
_MAX_INPUT_CHARACTERS = 20_000
_MAX_TRIED_INPUTS = 40
"""Inputs of the suite, of all sizes, by which a validator is tested."""
_FORM_OF_PROGRAMS = "The input is text, as a program reads it from standard input."
_FORM_OF_FUNCTIONS = (
    "The input is one line of JSON, such as {example}: an array of the function's arguments in their order, or where "
    "methods of an object are called, their names and an array of arguments for each."
)
_GENERATOR = """Write a Python program that makes test inputs for this programming problem. {form}

It is started as `python generator.py SEED`, uses SEED for its random numbers and prints one valid input. Small seeds
give small inputs and special cases, such as the smallest, equal values and extreme values; larger seeds give larger and
random ones. Inputs keep all of the problem's constraints.

Answer with the whole program in one fenced block.

# The problem

{statement}
"""
_VALIDATOR = """Write a Python program that checks whether an input of this programming problem is valid. {form}

It reads the input from standard input and ends with sys.exit(0) where it keeps the problem's format and every
constraint, and with sys.exit(1) where it does not.

Answer with the whole program in one fenced block.

# The problem

{statement}
"""


def inputs_by_model(work: Work, most: int) -> list[Any]:
    """Return up to ``most`` inputs from a generator; none if no model is configured for this step.

    Raises:
        RunError: the endpoint cannot be reached.
        EvaluatorError: the service cannot be reached.
    """
    code = _program(work, "generator", _GENERATOR)
    if code is None:
        return []
    printed = (_printed(work, code, seed) for seed in range(1, most + 1))
    known = {text_of(test.input) for test in work.suite.tests}
    inputs = {text_of(value): value for text in printed if (value := _value(work.suite, text)) is not None}
    fresh = [value for text, value in inputs.items() if text not in known]
    work.note(inputs_by_model=len(fresh))
    return fresh


def valid_inputs(work: Work, inputs: Sequence[Any]) -> list[Any]:
    """Return the inputs that a validator accepts, or all if no validator accepts the suite's own inputs.

    Raises:
        RunError: the endpoint cannot be reached.
        EvaluatorError: the service cannot be reached.
    """
    code = _program(work, "validator", _VALIDATOR) if inputs else None
    if code is None:
        return list(inputs)
    if not all(_accepts(work, code, test.input) for test in _some(work.suite.tests)):
        work.note(validator="it refuses an input of the suite, so it is not used")
        return list(inputs)
    valid = [each for each in inputs if _accepts(work, code, each)]
    work.note(validator=f"it refuses {len(inputs) - len(valid)} of {len(inputs)} new inputs")
    return valid


def _program(work: Work, step: str, prompt: str) -> str | None:
    if model_for(work, step) is None:
        return None
    example = text_of(min((test.input for test in work.suite.tests), key=lambda value: len(text_of(value))))
    form = _FORM_OF_FUNCTIONS.replace("{example}", example) if work.suite.mode == "function" else _FORM_OF_PROGRAMS
    return written_program(work, prompt.replace("{form}", form))


def _printed(work: Work, code: str, seed: int) -> str | None:
    request = RunRequest.model_validate({"code": code, "args": (str(seed),), "limits": _LIMITS})
    report = work.context.judge.run(request)
    text = to_string(report.stdout)
    return text if report.exit_code == 0 and not report.truncated and len(text) <= _MAX_INPUT_CHARACTERS else None


def _value(suite: Suite, text: str | None) -> Any:
    """Parse a printed input. None if it does not have the form of the suite's inputs."""
    try:
        value = json.loads(text) if text and suite.mode == "function" else text
        test = {"input": value, "output": suite.tests[0].output}
        Suite.model_validate({**suite.model_dump(exclude={"tests"}, exclude_unset=True), "tests": [test]})
    except ValueError:
        return None
    return value or None


def _accepts(work: Work, code: str, value: Any) -> bool:
    request = RunRequest.model_validate({"code": code, "stdin": text_of(value), "limits": _LIMITS})
    return work.context.judge.run(request).exit_code == 0


def _some(tests: Sequence[TestCase]) -> Sequence[TestCase]:
    step = max(1, len(tests) // _MAX_TRIED_INPUTS)
    return tests[::step]
