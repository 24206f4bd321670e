"""Licences by their SPDX names."""

from __future__ import annotations

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "ISC", "MIT",
     "MIT-0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"}
)  # fmt: skip
"""Those that let data be used, changed and passed on for a mention of their authors at most."""


def is_permissive(license_name: str) -> bool:
    """Test a row's ``license``: a LicenseRef says that nobody knows, or something else than SPDX has names for."""
    return license_name in PERMISSIVE
