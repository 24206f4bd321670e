"""Permissive licenses, by their SPDX names."""

from __future__ import annotations

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "ISC", "MIT",
     "MIT-0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"}
)  # fmt: skip
"""Licenses that allow use, change and distribution, and require attribution at most."""


def is_permissive(license_name: str) -> bool:
    """Tell whether a row's ``license`` is permissive. A LicenseRef, which stands for an unknown license or for one
    without an SPDX name, is not."""
    return license_name in PERMISSIVE
