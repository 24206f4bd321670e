"""Problem packages as suites: ICPC and Kattis (legacy, 2023-07), DMOJ (``init.yml``), Polygon (full packages)."""

from __future__ import annotations

from pathlib import Path

from trainer_client.packages.dmoj import is_dmoj, read_dmoj
from trainer_client.packages.files import PackageFault, open_package
from trainer_client.packages.icpc import is_icpc, read_icpc
from trainer_client.packages.package import Package, PackageSubmission
from trainer_client.packages.polygon import is_polygon, read_polygon


def read_package(path: Path) -> Package:
    """Read a package in a directory or a zip archive, of whichever format it is.

    Raises:
        PackageFault: it is of none, damaged, or has a feature that a suite cannot say; the message names the file.
    """
    files = open_package(path)
    name = path.resolve().stem
    for is_format, read in ((is_icpc, read_icpc), (is_dmoj, read_dmoj), (is_polygon, read_polygon)):
        if is_format(files):
            return read(files, name)
    raise PackageFault(
        f"{path}: no package: there is no problem.yaml (ICPC, Kattis), init.yml (DMOJ), problem.xml (Polygon)"
    )


__all__ = ["Package", "PackageFault", "PackageSubmission", "read_package"]
