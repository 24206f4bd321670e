"""The real service, for what runs programs."""

from __future__ import annotations

import pytest

from evaluator.local import LocalService


@pytest.fixture(scope="session")
def service(shared_service: LocalService) -> LocalService:
    return shared_service
