"""Graders without a service around them, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.grading.order import TestOrder
from evaluator.grading.prepared import PreparedSuites
from evaluator.grading.results import Results
from evaluator.languages import Languages
from evaluator.settings import Settings
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.store import HashStore
from sandbox.toolchain import Language
from tests.data_dirs import DataDirs
from tests.sandbox.conftest import open_slot


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory, data_dirs: DataDirs) -> Iterator[Grader]:
    """In the strongest tier that this host grants."""
    with open_grader(Settings(data_dir=data_dirs.fill(tmp_path_factory.mktemp("data")))) as opened:
        yield opened


@pytest.fixture(scope="module")
def landlock_grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    slot = open_slot(Tier.LANDLOCK)
    slot.close()
    data = tmp_path_factory.mktemp("data")
    sandbox = Sandbox(slot.runtime, tier=Tier.LANDLOCK, cache=data / "compiled")
    order = TestOrder(HashStore(data / "order", max_bytes=1 << 20))
    suites = PreparedSuites(HashStore(data / "suites", max_bytes=1 << 20))
    with Grader(sandbox, Languages.probe(Settings()), order, Results(None), suites) as opened:
        yield opened


def run(sandbox: Sandbox, language: Language, code: str) -> tuple[str, str]:
    """Return a program's output, and its compiler's log."""
    with sandbox.build(language, code.encode(), RunLimits()) as built:
        return sandbox.run(built.program, RunLimits()).stdout.decode(), built.log
