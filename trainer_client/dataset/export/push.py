"""Uploads a data set's suites to a service, which rows then name by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from trainer_client.blocking import EvaluatorClient
from trainer_client.dataset.files import RunError
from trainer_client.dataset.store import SuiteFiles


def push_suites(dataset: Path, client: EvaluatorClient, on_suite: Callable[[str], object] = lambda _: None) -> int:
    """Have the service store every suite of a data set's folder. Return how many there are. What it has is not sent
    again.

    Raises:
        RunError: the folder has no suites.
        EvaluatorError: the service cannot be reached, or refuses one.
    """
    count = 0
    store = SuiteFiles(dataset / "suites")
    for name in _names(store.folder):
        client.store_suite(store.get(name))
        on_suite(name)
        count += 1
    if not count:
        raise RunError(f"{store.folder} has no suites: give the folder of a data set that was written")
    return count


def _names(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*/*.json.zst")):
        yield f"sha256:{file.name.removesuffix('.json.zst')}"
