"""Runs in the jail, under the peer's interpreter: grades programs as the peer does, one after the other.

``python driver.py PEER DIRECTORY [--file-manager]``; ``questions.json`` is a list of code, inputs, outputs, fn_name,
timeout_s. Prints, for each, whether it passed, and at last the seconds that they took, without the peer's own imports.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import multiprocessing
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any


class FileList:
    """Stands in for a manager's list, which needs a server on a socket, where the jail has none: what a process appends
    lies in a file. It costs less than the manager, so the peer is faster with it than by itself."""

    def __init__(self) -> None:
        descriptor, self._path = tempfile.mkstemp()
        os.close(descriptor)

    def append(self, value: Any) -> None:
        with open(self._path, "ab") as file:
            pickle.dump(value, file)

    def _values(self) -> list[Any]:
        values = []
        with open(self._path, "rb") as file, contextlib.suppress(EOFError):
            while True:
                values.append(pickle.load(file))
        return values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())

    def __getitem__(self, index: int) -> Any:
        return self._values()[index]


class FileManager:
    """``multiprocessing.Manager()``."""

    def list(self) -> FileList:
        return FileList()


def lighteval(module: ModuleType, question: dict[str, Any]) -> bool:
    """LiveCodeBench's evaluator, as lighteval carries it (``codegen_metrics``)."""
    sample = {"input_output": json.dumps(_tests(question))}
    [results] = module.evaluate_generations_by_problem([[question["code"]], sample, question["timeout_s"]])
    return all(result > 0 for result in results)  # as compute_metrics_from_results has it


def verl(module: ModuleType, question: dict[str, Any]) -> bool:
    """verl's ``prime_code``."""
    passed, _ = module.compute_score(question["code"], _tests(question))
    return passed is True


PEERS: dict[str, Callable[[ModuleType, dict[str, Any]], bool]] = {"lighteval": lighteval, "verl": verl}
_FILES = {
    "lighteval": "lighteval/tasks/tasks/lcb/codegen_metrics.py",
    "verl": "verl/utils/reward_score/prime_code/__init__.py",
}


def _tests(question: dict[str, Any]) -> dict[str, Any]:
    return {key: question[key] for key in ("inputs", "outputs", "fn_name") if question.get(key) is not None}


def _load(name: str, path: str) -> ModuleType:
    """One module, or package, without the packages above it, which import half a trainer."""
    folder = [os.path.dirname(path)] if path.endswith("__init__.py") else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folder)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Entry point."""
    if "--file-manager" in sys.argv:
        multiprocessing.Manager = FileManager  # type: ignore[assignment]
    sys.path.insert(0, sys.argv[2])
    with open("questions.json") as file:
        questions = json.load(file)
    answer = os.dup(1)
    grade = PEERS[sys.argv[1]]
    module = _load(os.path.basename(os.path.dirname(_FILES[sys.argv[1]])), f"{sys.argv[2]}/{_FILES[sys.argv[1]]}")
    os.write(answer, b"\nREADY\n")
    started = time.perf_counter()
    for number, question in enumerate(questions):
        try:
            passed = grade(module, question)
        except Exception as error:  # its user gets no reward of it
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            passed = False
        os.write(answer, f"\nPASSED {number} {passed}\n".encode())
    os.write(answer, f"\nTOOK {time.perf_counter() - started}\n".encode())


if __name__ == "__main__":
    main()
