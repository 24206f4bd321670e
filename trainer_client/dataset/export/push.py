"""Upload of a data set's suites to a service, so that rows can name them by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from trainer_client.blocking import EvaluatorClient
from trainer_client.dataset.files import RunError
from trainer_client.dataset.store import SuiteFiles


def push_suites(dataset: Path, client: EvaluatorClient, on_suite: Callable[[str], object] = lambda _: None) -> int:
    """Upload every suite of a data set's folder that the service lacks. Return the number of all suites.

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
        raise RunError(f"{store.folder} has no suites: name the folder of a complete data set")
    return count


def _names(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*/*.json.zst")):
        yield f"sha256:{file.name.removesuffix('.json.zst')}"
