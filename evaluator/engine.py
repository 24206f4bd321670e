"""The identity of the engine that judges: its version and a digest of its sources."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from sandbox import identity

VERSION = version("microcoder-evaluator")
_SOURCES = hashlib.sha256(f"{identity.digest(Path(__file__).parent)} {identity.SANDBOX}".encode()).hexdigest()
ENGINE = f"{VERSION}+{_SOURCES[:12]}"
"""The version and a digest of the sources, such as ``0.1.0+5f3c9a1e7b20``. Any change of a source may change a verdict,
so a stored report of another engine is never reused."""
