"""The client fits into any trainer's environment."""

from __future__ import annotations

import subprocess
import sys

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
TRAINERS = ["areal", "ms_swift", "openrlhf", "prime_rl", "rllm", "slime", "tinker", "trl", "verifiers", "verl"]


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


def test_trainers_modules_load_neither_the_trainers_nor_the_server() -> None:
    modules = imported_by(f"from trainer_client.rewards import {', '.join(TRAINERS)}")
    assert not unwanted(modules, SERVER - {"rich"})
    assert not {name.split(".")[0] for name in modules} & {"torch", "numpy", *TRAINERS}


def test_the_algorithm_s_decisions_need_nothing_but_the_standard_library() -> None:
    modules = imported_by("from trainer_client.grpo import mask, repetition, diversity, temperature, controller")
    assert not {name.split(".")[0] for name in modules} & {"numpy", "torch", "httpx", "pydantic", "evaluator"}


def test_the_algorithm_s_arithmetic_needs_numpy_alone() -> None:
    modules = imported_by("from trainer_client.grpo import advantages, loss, presets")
    assert not {name.split(".")[0] for name in modules} & {"torch", "trl", "httpx", "pydantic", "evaluator"}


def test_the_diagnosis_of_runs_needs_the_client_alone() -> None:
    modules = imported_by("import trainer_client.diagnosis.page, trainer_client.diagnosis.sources")
    assert not unwanted(modules)
    assert not {name.split(".")[0] for name in modules} & {"numpy", "torch", "pyarrow", "trl", "transformers"}
