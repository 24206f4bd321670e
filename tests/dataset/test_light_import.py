"""The extra's packages are loaded where they are used: the command line and the client work without it."""

from __future__ import annotations

import pytest

from tests.client.test_imports import SERVER, imported_by

# Not zstandard: httpx loads it where it is installed.
EXTRA = {"yaml", "pyarrow", "ftfy", "sklearn", "scipy", "rensa", "matplotlib", "numpy"}


@pytest.mark.parametrize(
    "statement",
    [
        "import evaluator.cli.app",
        "import trainer_client",
        "import trainer_client.dataset.row, trainer_client.dataset.config",
    ],
)
def test_nothing_of_the_extra_is_loaded_before_it_is_needed(statement: str) -> None:
    assert not {name.split(".")[0] for name in imported_by(statement)} & EXTRA


def test_the_pipeline_loads_no_package_of_the_server() -> None:
    stages = ("pipeline", "process", "verify", "deduplicate", "decontaminate", "filter", "export", "card")
    loaded = imported_by(f"from trainer_client.dataset import {', '.join(stages)}")
    assert not {name for name in loaded if name.split(".")[0] in SERVER}
    ours = {name for name in loaded if name.startswith("evaluator.")}
    # Of the last three no more than the names of their modules.
    light = ("schema", "checking", "harness", "forms", "judging", "sealing")
    assert not {name for name in ours if name.split(".")[1] not in light}
