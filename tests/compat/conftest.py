"""The service as clients of other judges find it."""

from __future__ import annotations

from tests.end_to_end.conftest import client, data_dir, shared_service

__all__ = ["client", "data_dir", "shared_service"]
