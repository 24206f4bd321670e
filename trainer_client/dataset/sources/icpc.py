"""ICPC problem packages: ``problem.yaml``, ``data/{sample,secret}``, ``submissions/*``, validators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from evaluator.schema.shapes import limits
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.records import BadSource, Record
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Sample, write_canonical
from trainer_client.dataset.sources.contests import checked_suite
from trainer_client.dataset.sources.source import Collected, RowFault, existing

_LANGUAGES = {".py": "python", ".py3": "python", ".cpp": "cpp", ".cc": "cpp", ".c": "c", ".java": "java"}
_LABELS = {
    "wrong_answer": "wrong_answer",
    "time_limit_exceeded": "time_limit_exceeded",
    "run_time_error": "runtime_error",
    "rejected": "",
}
_VALIDATOR_FOLDERS = ("output_validator", "output_validators")
_TIME_OF_INI = re.compile(r"""^\s*timelimit\s*=\s*['"]?([\d.]+)""", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SPDX = {
    "cc by-sa": "CC-BY-SA-4.0",
    "cc by": "CC-BY-4.0",
    "cc0": "CC0-1.0",
    "public domain": "LicenseRef-public-domain",
    "educational": "LicenseRef-educational",
    "permission": "LicenseRef-permission",
}


class IcpcPackages:
    """Reads folders, each a package or a folder of packages."""

    columns = ("tests",)

    def records(self, config: SourceConfig, row_bytes: int) -> Iterator[Record]:
        existing(config.files)
        packages = [package for path in config.files for package in _packages(path)]
        if not packages:
            raise BadSource(f"{config.files[0]}: there is no folder with a problem.yaml in it")
        for package in packages:
            size = sum(file.stat().st_size for file in package.glob("data/**/*") if file.is_file())
            if size > row_bytes:
                yield Record(str(package), sha256(package.name.encode()).hexdigest(), size, None)
                continue
            content = _read(package)
            data = write_canonical(content)
            yield Record(str(package), sha256(data).hexdigest(), len(data), lambda content=content: content)  # type: ignore[misc]

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        facts = row["facts"]
        stated = limits(*_stated(facts))
        suite = {"tests": row["tests"], "limits": stated or {}, **_judging(facts, row["validator"])}
        programs = row["programs"]
        license_ = str(facts.get("license") or "unknown").lower()
        return Collected(
            Problem(
                "",
                source_id=row["name"],
                title=_name(facts) or row["name"],
                statement=row["statement"],
                platform="icpc",
                license=_SPDX.get(license_, f"LicenseRef-{license_.replace(' ', '-')}"),
                license_origin="problem.yaml",
                io_mode=suite["mode"],
                samples=tuple(
                    Sample(test["input"], test["output"]) for test in row["tests"] if test["name"].startswith("sample/")
                ),
                references=tuple(
                    Reference(p["code"], p["language"], p["name"]) for p in programs if p["folder"] == "accepted"
                ),
                known_wrong=tuple(
                    KnownWrong(p["code"], p["language"], p["name"], _LABELS[p["folder"]])
                    for p in programs
                    if p["folder"] in _LABELS
                ),
                checker_json=suite.get("checker"),
                checker_status="proven" if row["validator"] else "unproven",
                limits_json=stated,
                limit_origin="stated" if stated and "cpu_s" in stated else "",
            ),
            checked_suite(suite) if row["tests"] else None,
        )


def _packages(path: Path) -> list[Path]:
    return [path] if (path / "problem.yaml").exists() else sorted(each.parent for each in path.glob("*/problem.yaml"))


def _read(package: Path) -> dict[str, Any]:
    try:
        facts = yaml.safe_load((package / "problem.yaml").read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise BadSource(f"{package / 'problem.yaml'}: not YAML: {error}") from error
    statements = [
        *sorted(package.glob("problem_statement/problem*.*")), *sorted(package.glob("statement/problem*.*")),
    ]  # fmt: skip
    english = [each for each in statements if each.stem in ("problem.en", "problem")]
    chosen = next((each for each in (*english, *statements) if each.suffix in (".tex", ".md")), None)
    return {
        "name": package.name,
        "facts": {**_limits_beside(package), **_flags_of_data(package), **_plain(facts)},
        "statement": chosen.read_text(encoding="utf-8", errors="replace") if chosen else "",
        "tests": [
            _test(file, package)
            for file in sorted(package.glob("data/*/**/*.in"))
            if file.with_suffix(".ans").exists()
        ],
        "programs": [
            {"folder": file.parent.name, "name": file.name, "language": _LANGUAGES[file.suffix], "code": _text(file)}
            for file in sorted(package.glob("submissions/*/*"))
            if file.suffix in _LANGUAGES
        ],
        "validator": {
            file.name: _text(file)
            for name in _VALIDATOR_FOLDERS
            for file in sorted((package / name).glob("**/*"))
            if file.is_file() and file.suffix
        },
    }  # fmt: skip


def _limits_beside(package: Path) -> dict[str, Any]:
    """Read the time limit from files beside ``problem.yaml``: Kattis' ``.timelimit`` or DOMjudge's ini."""
    ini = package / "domjudge-problem.ini"
    stated = _TIME_OF_INI.search(ini.read_text(encoding="utf-8", errors="replace")) if ini.exists() else None
    plain = package / ".timelimit"
    text = stated[1] if stated else plain.read_text(encoding="utf-8").strip() if plain.exists() else ""
    return {"time_limit_beside": float(text)} if _NUMBER.fullmatch(text) else {}


def _flags_of_data(package: Path) -> dict[str, Any]:
    """Read the validator's flags from the settings in the folder of the data."""
    settings = package / "data" / "testdata.yaml"
    if not settings.exists():
        return {}
    try:
        fields = yaml.safe_load(settings.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadSource(f"{settings}: not YAML: {error}") from error
    flags = fields.get("output_validator_flags") if isinstance(fields, dict) else None
    return {"validator_flags": flags} if isinstance(flags, str) else {}


def _test(file: Path, package: Path) -> dict[str, Any]:
    return {
        "name": str(file.relative_to(package / "data").with_suffix("")),
        "input": _text(file),
        "output": _text(file.with_suffix(".ans")),
    }


def _judging(facts: Mapping[str, Any], validator: Mapping[str, str]) -> dict[str, Any]:
    flags = tuple(str(facts.get("validator_flags") or "").split())
    if not validator:
        return {"mode": "stdio", "checker": {"kind": "icpc_default", "args": flags}}
    kinds = {_LANGUAGES.get(Path(name).suffix) for name in validator} - {None}
    if len(kinds) != 1:
        raise RowFault(
            "bad_checker", f"an output validator in {sorted(map(str, kinds))}; it must be in one known language"
        )
    program = {"language": kinds.pop(), "files": dict(validator), "args": flags, "protocol": "icpc"}
    if "interactive" in str(facts.get("validation") or facts.get("type") or ""):
        return {"mode": "interactive", "interactor": program}
    return {"mode": "stdio", "checker": {"kind": "program", **program}}


def _stated(facts: Mapping[str, Any]) -> tuple[float | None, float | None]:
    stated_limits = facts.get("limits") or {}
    time = stated_limits.get("time_limit") or stated_limits.get("time") or facts.get("time_limit_beside")
    return time, stated_limits.get("memory")


def _name(facts: Mapping[str, Any]) -> str:
    name = facts.get("name")
    return str(next(iter(name.values()), "")) if isinstance(name, dict) else str(name or "")


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """Replace YAML's dates and the like by texts."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
