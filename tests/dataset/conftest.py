"""The real service, for what runs programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator.local import LocalService, local_service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    with local_service(settings={"MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data"))}) as service:
        yield service
