"""Problem packages of ICPC and Kattis, DMOJ and Polygon: ``trainer_client.packages`` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.records import BadSource, Record
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Sample, write_canonical
from trainer_client.dataset.sources.contests import checked_suite
from trainer_client.dataset.sources.source import Collected, RowFault, existing
from trainer_client.packages import Package, PackageFault, PackageSubmission, read_package
from trainer_client.packages.package import KINDS

_MARKS = ("problem.yaml", "domjudge-problem.ini", "init.yml", "problem.xml")
"""Files that only the root of a package has, by format."""
_ARCHIVES = (".zip", ".kpp")
_SPDX = {
    "cc by-sa": "CC-BY-SA-4.0",
    "cc by": "CC-BY-4.0",
    "cc0": "CC0-1.0",
    "public domain": "LicenseRef-public-domain",
    "educational": "LicenseRef-educational",
    "permission": "LicenseRef-permission",
}
_PLATFORMS = {"dmoj": "dmoj", "polygon": "codeforces"}
_RIGHT = "right"


class Packages:
    """Reads packages, and folders of packages. One that a suite cannot say is a row that is rejected."""

    columns = ("name",)

    def records(self, config: SourceConfig, row_bytes: int) -> Iterator[Record]:
        existing(config.files)
        packages = [package for path in config.files for package in _packages(path)]
        if not packages:
            raise BadSource(f"{config.files[0]}: there is no package in it ({', '.join(_MARKS)})")
        for package in packages:
            size = _size(package)
            if size > row_bytes:
                yield Record(str(package), sha256(package.name.encode()).hexdigest(), size, None)
                continue
            content = _content(package)
            data = write_canonical(content)
            yield Record(str(package), sha256(data).hexdigest(), len(data), lambda content=content: content)  # type: ignore[misc]

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        if row.get("fault"):
            raise RowFault("bad_package", row["fault"])
        fields, stated = row["fields"], row["limits"] or None
        suite = checked_suite({**fields, "limits": {**row["defaults"], **row["limits"]}})
        judged = fields.get("checker") or {}
        return Collected(
            Problem(
                "",
                source_id=row["name"],
                title=row["title"] or row["name"],
                statement=row["statement"],
                platform=_PLATFORMS.get(row["format"], "icpc"),
                license=_SPDX.get(row["license"], f"LicenseRef-{(row['license'] or 'unknown').replace(' ', '-')}"),
                license_origin="problem.yaml" if row["license"] else "",
                io_mode=suite.mode,
                samples=tuple(
                    Sample(test["input"], test["output"])
                    for test in fields["tests"]
                    if test["name"].startswith("sample/") and isinstance(test["input"], str)
                ),
                references=tuple(
                    Reference(p["code"], p["language"], p["name"]) for p in row["programs"] if p["label"] == _RIGHT
                ),
                known_wrong=tuple(
                    KnownWrong(p["code"], p["language"], p["name"], p["label"])
                    for p in row["programs"]
                    if p["label"] != _RIGHT
                ),
                checker_json=fields.get("checker"),
                checker_status="unproven" if judged.get("kind") == "icpc_default" else "proven",
                limits_json=stated,
                limit_origin="stated" if stated and "cpu_s" in stated else "",
            ),
            suite,
        )


def _packages(path: Path) -> list[Path]:
    if path.suffix.lower() in _ARCHIVES or _is_package(path):
        return [path]
    if not path.is_dir():
        return []
    return sorted(each for each in path.iterdir() if each.suffix.lower() in _ARCHIVES or _is_package(each))


def _is_package(path: Path) -> bool:
    return any((path / mark).exists() for mark in _MARKS)


def _size(package: Path) -> int:
    files = package.glob("**/*") if package.is_dir() else (package,)
    return sum(file.stat().st_size for file in files if file.is_file())


def _content(package: Path) -> dict[str, Any]:
    try:
        read = read_package(package)
    except PackageFault as fault:
        return {"name": package.name, "fault": str(fault)}
    if read.generated:
        return {
            "name": package.name,
            "fault": "its tests come from a generator; make its suite by `suites from-package`",
        }
    return {
        "name": read.name,
        "format": read.format,
        "title": read.title,
        "statement": read.statement,
        "license": read.license,
        "fields": dict(read.fields),
        "limits": dict(read.limits),
        "defaults": dict(read.defaults),
        "programs": list(_programs(read)),
    }


def _programs(package: Package) -> Iterator[dict[str, str]]:
    """Yield the submissions of one file: a problem of a data set has no other programs."""
    for each in package.submissions:
        if not each.obstacle and not each.files and (label := _label(each)) is not None:
            yield {"name": each.name, "language": each.language, "code": each.code, "label": label}


def _label(submission: PackageSubmission) -> str | None:
    """Return what a program is: right, or the verdict that it must get ("" for any but accepted); None for neither."""
    if submission.is_right:
        return _RIGHT
    demands = [each.required for each in submission.demands if each.required is not None and each.covers is None]
    if not demands or KINDS["AC"] & demands[0]:
        return None
    required = demands[0] - KINDS["OLE"] or demands[0]  # too slow, where output without end counts as that
    if required == KINDS["RTE"]:
        return "runtime_error"
    return str(next(iter(required))) if len(required) == 1 else ""
