"""The client fits into any trainer's environment."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVER = {
    "fastapi",
    "starlette",
    "uvicorn",
    "uvloop",
    "psutil",
    "typer",
    "rich",
    "pydantic_settings",
    "redis",
    "sandbox",
}
SCHEMA_ONLY = {"evaluator", "evaluator.schema"}
TRAINERS = ["areal", "openrlhf", "prime_rl", "rllm", "slime", "trl", "verifiers", "verl"]


def imported_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def unwanted(modules: set[str], allowed: set[str] = SERVER) -> set[str]:
    ours = {name for name in modules if name.split(".")[0] == "evaluator"}
    return {name for name in modules if name.split(".")[0] in allowed} | {
        name for name in ours if name not in SCHEMA_ONLY and not name.startswith("evaluator.schema.")
    }


def test_importing_the_package_loads_nothing_else() -> None:
    assert not {
        name
        for name in imported_by("import trainer_client")
        if name.split(".")[0] in ("pydantic", "httpx", "evaluator", "numpy", "torch")
    }


def test_the_client_loads_no_package_of_the_server_and_httpx_only_to_connect() -> None:
    modules = imported_by("from trainer_client import *")
    assert not unwanted(modules)
    assert "httpx" not in modules


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_trainer_s_module_loads_neither_the_trainer_nor_the_server(trainer: str) -> None:
    modules = imported_by(f"import trainer_client.rewards.{trainer}")
    assert not unwanted(modules, SERVER - {"rich"})
    assert not {name for name in modules if name.split(".")[0] in ("torch", "numpy", trainer)}


@pytest.mark.parametrize("module", ["mask", "repetition", "diversity", "temperature", "controller"])
def test_the_algorithm_s_decisions_need_nothing_but_the_standard_library(module: str) -> None:
    roots = {name.split(".")[0] for name in imported_by(f"import trainer_client.grpo.{module}")}
    assert not roots & {"numpy", "torch", "httpx", "pydantic", "evaluator"}


@pytest.mark.parametrize("module", ["advantages", "loss", "presets"])
def test_the_algorithm_s_arithmetic_needs_numpy_alone(module: str) -> None:
    roots = {name.split(".")[0] for name in imported_by(f"import trainer_client.grpo.{module}")}
    assert not roots & {"torch", "trl", "httpx", "pydantic", "evaluator"}
