"""Benchmarks of functions, each a file with one JSON object a line, as their authors publish them: HumanEval(+),
MBPP(+), HumanEvalPack, MultiPL-E, BigCodeBench, ClassEval, CRUXEval, and those of contests: APPS and TACO.

By openai/human-eval (data.py, execution.py), google-research/mbpp, evalplus/evalplus, bigcode-project/octopack and
nuprl/MultiPL-E.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluator.schema import Suite
from evaluator.schema.shapes import UnknownTests, suite_of
from trainer_client.benchmarks import (
    bigcodebench,
    classeval,
    contests,
    cruxeval,
    evalplus,
    evalplus_files,
    humanevalpack,
    lcb_outputs,
    multipl_e,
)
from trainer_client.benchmarks.journal import rows
from trainer_client.benchmarks.task import BadFile, BenchmarkProgram, BenchmarkTask, Question, check_samples, head_of

INSTRUCTION = "Complete this function. Answer with the whole program in one fenced block of {language}.\n\n{prompt}"
"""Question for a chat about a prompt that is to be completed."""
STOP = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
"""Texts that end a completion of HumanEval's (Chen et al. 2021, section 3.2)."""
_PLUS_CPU_S = 60.0
"""For all the tests that were added to a task."""
_MBPP = (
    "You are an expert Python programmer, and here is your task: {text} Your code should pass these tests:\n\n{tests}\n"
)
"""Austin et al. 2021, section 3.1; the answer follows between [BEGIN] and [DONE]."""


def read_tasks(*files: Path, side: cruxeval.Side = "output") -> list[BenchmarkTask]:
    """The tasks of files. ``side`` is what CRUXEval's ask for.

    Raises:
        BadFile: a row is of none of these benchmarks, or in a language that is not judged.
    """
    tasks: dict[str, BenchmarkTask] = {}
    for where, row in (each for file in files for each in rows(file)):
        task = task_of(row, where, len(tasks), side)
        if task.id in tasks:
            raise BadFile(f"{where}: the task_id {task.id!r} comes twice")
        tasks[task.id] = task
    return list(tasks.values())


def _for_the_service(task: BenchmarkTask, answer: str) -> BenchmarkProgram:
    return task.whole(answer, answer=True)


def read_samples(
    file: Path,
    tasks: Sequence[BenchmarkTask],
    of_answer: Callable[[BenchmarkTask, str], BenchmarkProgram] = _for_the_service,
    *,
    limit: int | None = None,
    partial: bool = False,
) -> dict[str, list[BenchmarkProgram]]:
    """Return programs by task, from lines of ``task_id`` with ``completion`` (of the prompt), ``solution`` (a whole
    program) or ``answer`` (a model's whole text), or from a folder as EvalPlus has it. ``of_answer`` makes a program of
    an answer; by default the service finds it. ``limit``: of the first so many tasks alone. ``partial``: a task may be
    without samples.

    Raises:
        BadFile: a line is none of these or names no task, or a task has no sample.
    """
    by_id = {task.id: task for task in tasks}
    programs: dict[str, list[BenchmarkProgram]] = {task.id: [] for task in tasks[:limit]}
    for where, row in evalplus_files.samples(file, list(by_id)) if file.is_dir() else rows(file):
        if "task_id" not in row:
            raise BadFile(f"{where}: a sample needs a task_id; it has: {', '.join(row) or 'nothing'}")
        name = str(row["task_id"])
        if name not in by_id:
            raise BadFile(f"{where}: the benchmark has no task {name!r}")
        if name not in programs:
            continue
        match row:
            case {"solution": str(program)}:
                programs[name].append(by_id[name].whole(program))
            case {"completion": str(completion)}:
                programs[name].append(by_id[name].completed(completion))
            case {"answer": str(answer)}:
                programs[name].append(of_answer(by_id[name], answer))
            case _:
                raise BadFile(f'{where}: a sample needs "completion", "solution" or "answer"')
    check_samples(programs, file, partial=partial)
    return programs


def task_of(
    row: Mapping[str, Any], where: str = "row", number: int = 0, side: cruxeval.Side = "output"
) -> BenchmarkTask:
    """The task of a row, which stands at ``where`` and is the ``number``-th.

    Raises:
        BadFile: it is of none of these benchmarks.
    """
    try:
        match row:
            case {"buggy_solution": _, "canonical_solution": _}:
                return humanevalpack.task(row)
            case {"name": _, "language": _, "prompt": _, "tests": _}:
                return multipl_e.task(row)
            case {"base_input": _, "plus_input": _}:
                return evalplus.task(row)
            case {"question_id": _, "test_id": _, "function_name": _, "test": _}:
                return lcb_outputs.task(row)
            case {"complete_prompt": _, "code_prompt": _, "test": _}:
                return bigcodebench.task(row)
            case {"skeleton": _, "solution_code": _, "test": _}:
                return classeval.task(row)
            case {"code": _, "input": _, "output": _, "id": _}:
                return cruxeval.task(row, side)
            case {"question": _, "input_output": _}:
                return contests.task(row, number)
            case {"task_id": name, "prompt": str(prompt), "canonical_solution": str(solution), "entry_point": _}:
                question = Question(INSTRUCTION.format(language="Python", prompt=prompt), prompt=prompt, stop=STOP)
                head = head_of(prompt, "python")
                return BenchmarkTask(
                    str(name), suite_of(dict(row)), question, before=prompt, reference=prompt + solution, head=head
                )
            case {"task_id": name, "code": str(solution), "test_list": [*asserts]}:
                return _mbpp(row, str(name), solution, asserts)
    except (UnknownTests, KeyError, json.JSONDecodeError) as error:
        raise BadFile(f"{where}: {error}") from error
    except BadFile as error:
        raise BadFile(f"{where}: {error}") from error
    if "suite" in row:
        raise BadFile(f"{where}: a problem with a suite, which `microcoder score suites` reads")
    raise BadFile(
        f"{where}: neither HumanEval's (prompt, canonical_solution, test, entry_point), MBPP's (code, test_list), "
        "HumanEvalPack's (with buggy_solution), MultiPL-E's (name, language, prompt, tests), EvalPlus's (plus_input), "
        "BigCodeBench's (complete_prompt), ClassEval's (skeleton), CRUXEval's (code, input, output, id), APPS' nor "
        f"TACO's (question, input_output), nor LiveCodeBench's test outputs (test_id); "
        f"it has: {', '.join(map(str, row)) or 'nothing'}"
    )


def _mbpp(row: Mapping[str, Any], name: str, solution: str, asserts: list[str]) -> BenchmarkTask:
    """MBPP, and MBPP+ as it stands on the hub, where ``test`` has the tests that were added."""
    base = suite_of(dict(row))
    suite = base
    if "test" in row:
        imports = "\n".join(row.get("test_imports", ()))
        test_code = "\n".join([imports, *asserts, str(row["test"])])
        limits = {"cpu_s": _PLUS_CPU_S, "memory_mb": 4096}
        program = {"test_code": test_code, "reference": solution}
        suite = Suite.model_validate({"mode": "program", "program": program, "limits": limits})
    text = _MBPP.format(text=row.get("text") or row.get("prompt") or "", tests="\n".join(asserts))
    question = Question(text + "Answer with the whole program in one fenced block.", prompt=text + "[BEGIN]\n",
                        stop=("[DONE]",))  # fmt: skip
    return BenchmarkTask(name, suite, question, reference=solution, base=base if suite is not base else None)
