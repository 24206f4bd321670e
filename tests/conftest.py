"""Properties are tried without hypothesis's limit per example: a loaded machine is no fault of theirs."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
