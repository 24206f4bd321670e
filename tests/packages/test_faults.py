"""Packages that are hostile, and those with a feature that a suite cannot say: each is refused by a sentence."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packages.dmoj_texts import DMOJ
from tests.packages.texts import (
    DRAFT_GROUPS,
    DRAFT_PASSES,
    LEGACY_FLAGS,
    LEGACY_SCORES,
    POLYGON,
    POLYGON_INTERACTIVE,
    write,
)
from trainer_client.packages import PackageFault, files, read_package
from trainer_client.packages.icpc_submissions import glob
from trainer_client.packages.package import TimeRule

LEGACY, DRAFT, SCORES = LEGACY_FLAGS, DRAFT_GROUPS, LEGACY_SCORES
GROUP = "data/secret/a/test_group.yaml"
UNSAYABLE: list[tuple[dict[str, str], dict[str, str | None], str]] = [
    (LEGACY, {"problem.yaml": "validation: custom score\n"}, "problem.yaml: validation score"),
    (LEGACY, {"problem.yaml": "problem_format_version: '1999'\n"}, "problem_format_version '1999'"),
    (LEGACY, {"problem.yaml": "- a\n"}, "problem.yaml: must be a mapping"),
    (LEGACY, {"problem.yaml": "a: [b\n"}, "problem.yaml: not YAML"),
    (LEGACY, {"problem.yaml": "name: x\nlimits: {memory: much}\n"}, "memory: must be a number"),
    (LEGACY, {"output_validators/other.py": "pass\n"}, "has 2 validators"),
    (LEGACY, {"output_validators/same/rust.rs": ""}, "output validator: has sources in python, rust"),
    (LEGACY, {"include/cobol/help.cob": ""}, "include/cobol: is no code of a language"),
    (LEGACY, {"data/secret/9.in": "1\n"}, "data/secret/9.ans: the answer of a test is missing"),
    (LEGACY, {"data/secret/testdata.yaml": "grading: custom\n"}, "grading: custom"),
    (LEGACY, {"data/secret/signs/testdata.yaml": "output_validator_flags: {name: a}\n"}, "one of several validators"),
    (SCORES, {"problem.yaml": "type: scoring\ngrading: {objective: min}\n"}, "objective min"),
    (SCORES, {"data/secret/small/testdata.yaml": "grader_flags: always_accept max\n"}, "small: testdata.yaml: max"),
    (SCORES, {"data/secret/small/testdata.yaml": "reject_score: -5\n"}, "reject_score -5"),
    (DRAFT, {"problem.yaml": "problem_format_version: 2023-07\ntype: submit-answer\n"}, "type submit-answer"),
    (DRAFT, {"static_validator/a.py": "pass\n"}, "static_validator: a validator of submissions' sources"),
    (DRAFT, {GROUP: "static_validation: true\n"}, "static_validation"),
    (DRAFT, {GROUP: "scoring: {score: unbounded}\n"}, "secret/a: test_group.yaml: scoring: score: unbounded"),
    (DRAFT, {GROUP: "scoring: {require_pass: secret/z}\n"}, "there is no group or test 'secret/z'"),
    (DRAFT, {"output_validator/v.py": "open('score.txt')\n"}, "the validator writes score.txt"),
    (DRAFT, {"submissions/submissions.yaml": "a: {permitted: [XX]}\n"}, "'XX' is no verdict"),
    (DRAFT, {"submissions/submissions.yaml": "'a*a*a*a*a*a*a*b': {score: 1}\n"}, "has more than 6 stars"),
    (DRAFT_PASSES, {"output_validator/relay.py": None}, "multi-pass problem, and no output validator"),
    (
        DMOJ,
        {"init.yml": "custom_judge: a.py\ntest_cases: [{in: 1.in, points: 1}]\n", "a.py": "import dmoj\n"},
        "a.py: custom_judge: a grader that runs inside DMOJ's judge",
    ),
    (DMOJ, {"init.yml": "grader: a.py\n"}, "init.yml: grader"),
    (
        DMOJ,
        {"init.yml": "signature_grader: {entry: a.py, header: a.h}\ntest_cases: [{in: 1.in, points: 1}]\n"},
        "signature_grader: entry: 'a.py' is not in C or C++",
    ),
    (DMOJ, {"init.yml": "generator: a.py2\ntest_cases: [{points: 1}]\n", "a.py2": ""}, "its language is not offered"),
    (DMOJ, {"init.yml": "generator: a.py\ntest_cases: [{points: 1}]\n"}, "a.py: is missing"),
    (
        DMOJ,
        {"init.yml": "generator: {source: 1.c, flags: [-O3]}\ntest_cases: [{points: 1}]\n", "1.c": ""},
        "generator: flags -O3: only macros",
    ),
    (
        DMOJ,
        {"init.yml": "generator: 1.in\ntest_cases: [{in: 1.in, generator_args: [1], points: 1}]\n"},
        "test_cases[1]: generator_args: of a case that is not generated",
    ),
    (DMOJ, {"init.yml": "checker: nearly\ntest_cases: [{in: 1.in}]\n"}, "checker 'nearly' is not known"),
    (DMOJ, {"init.yml": "checker: {name: bridged, args: {files: 1.in, type: hcmus}}\n"}, "type 'hcmus'"),
    (DMOJ, {"init.yml": "interactive: {files: 1.in, type: peg}\ntest_cases: [{in: 1.in}]\n"}, "type 'peg'"),
    (
        DMOJ,
        {"init.yml": "checker: {name: bridged, args: {files: 1.in}}\ntest_cases: [{in: 1.in, checker: easy}]\n"},
        "test_cases[1]: checker: of one case",
    ),
    (DMOJ, {"init.yml": "test_cases: [{in: 1.in, out: 1.out, time_limit: 1}]\n"}, "test_cases[1]: time_limit"),
    (DMOJ, {"init.yml": "test_cases: [{in: 8.in, out: 1.out, points: 1}]\n"}, "8.in: this file is missing"),
    (DMOJ, {"init.yml": "test_cases: {input_format: '(a+)+b'}\n"}, "input_format: a pattern of its own"),
    (DMOJ, {"init.yml": "test_cases++: []\ntest_cases: [{'in++': 1}]\n"}, "in++: a dynamic key"),
    (DMOJ, {"init.yml": "archive: 1.in\n"}, "1.in: is no zip archive"),
    (DMOJ, {"tests/right/test.yml": "source: a.py\nlanguage: PY3\nexpect: OK\n"}, "'OK' is no code of a verdict"),
    (POLYGON, {"tests/03.a": None}, "tests/03.a: is missing: this is no full package"),
    (POLYGON, {"problem.xml": POLYGON["problem.xml"].replace("%02d.a", "%0999999d")}, "is no path with %d"),
    (POLYGON, {"problem.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><problem>&b;</problem>"}, "defines entities"),
    (POLYGON, {"problem.xml": POLYGON["problem.xml"].replace("cpp.g++17", "f.f77")}, "'f.f77' are not offered"),
    (POLYGON, {"problem.xml": POLYGON["problem.xml"].replace('output-file=""', 'run-count="2"')}, "run-count"),
    (
        POLYGON_INTERACTIVE,
        {"problem.xml": POLYGON_INTERACTIVE["problem.xml"].replace("<interactor>", "<interactor><runs>2</runs>")},
        "interactor runs",
    ),
]  # fmt: skip


def test_each_feature_that_a_suite_cannot_say_is_named_with_its_file(tmp_path: Path) -> None:
    for number, (package, changes, sentence) in enumerate(UNSAYABLE):
        texts = {name: text for name, text in {**package, **changes}.items() if text is not None}
        root = write(tmp_path / str(number), texts)
        with pytest.raises(PackageFault) as caught:
            read_package(root)
        assert sentence in str(caught.value), (sentence, str(caught.value))


def test_links_lead_nowhere_outside_of_a_package(tmp_path: Path) -> None:
    write(tmp_path / "secret", {"key": "hush\n"})

    def link(target: str, name: str) -> Callable[[Path], None]:
        return lambda root: (root / name).symlink_to(target)

    def fifo(root: Path) -> None:
        os.mkfifo(root / "data/secret/pipe.in")

    cases = {
        "a link leads out of the package": link("../../../../secret/key", "data/secret/7.in"),
        "leads out": link("/etc", "data/etc"),
        "leads back to a folder": link("..", "data/secret/again"),
        "is neither a file nor a folder": fifo,
        "secret/nothing.in: is neither": link("nothing", "data/secret/nothing.in"),
    }
    for number, (sentence, make) in enumerate(cases.items()):
        root = write(tmp_path / "packages" / str(number), LEGACY_FLAGS)
        make(root)
        with pytest.raises(PackageFault, match=sentence):
            read_package(root)
    inside = write(tmp_path / "packages" / "inside", LEGACY_FLAGS)
    for ending in ("in", "ans"):
        (inside / f"data/secret/7.{ending}").symlink_to(f"1.{ending}")
    write(inside, {"input_validators/readme": "links in here lead to what authors share\n"})
    (inside / "input_validators/validation.h").symlink_to("../../../secret/key")
    assert len(read_package(inside).fields["tests"]) == 4


def archive_of(path: Path, entries: dict[str, str], change: Callable[[zipfile.ZipInfo], None] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if change is not None:
                change(entry)
            made.writestr(entry, text)
    return path


def test_an_archive_is_read_without_being_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = archive_of(tmp_path / "echo.zip", {f"echo/{name}": text for name, text in LEGACY_FLAGS.items()})
    assert (read_package(whole).name, len(read_package(whole).fields["tests"])) == ("echo", 3)

    def as_link(entry: zipfile.ZipInfo) -> None:
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    for name, change, sentence in (
        ("../../escaped", None, "leads out of the archive"),
        ("/etc/passwd", None, "leads out of the archive"),
        ("data\\..\\x", None, "leads out of the archive"),
        ("data/secret/9.in", as_link, "is a link or a device"),
    ):
        with pytest.raises(PackageFault, match=sentence):
            read_package(archive_of(tmp_path / "slip.zip", {name: "x"}, change))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["echo.zip", "slip.zip"]
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 1000)
    bomb = archive_of(tmp_path / "bomb.zip", {**LEGACY_FLAGS, "data/secret/1.in": "0" * 1_000_000})
    with pytest.raises(PackageFault, match=r"secret/1\.in: is too large"):
        read_package(bomb)
    monkeypatch.setattr(files, "MAX_FILES", 5)
    with pytest.raises(PackageFault, match="has more than 5 files"):
        read_package(bomb)


def test_yaml_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9))
    root = write(tmp_path, {**LEGACY_FLAGS, "problem.yaml": f"a0: &a0 [x]\n{levels}\n"})
    with pytest.raises(PackageFault, match="has more than 500000 values"):
        read_package(root)


def test_a_folder_without_a_package_is_none(tmp_path: Path) -> None:
    with pytest.raises(PackageFault, match=r"no problem\.yaml .* init\.yml .* problem\.xml"):
        read_package(tmp_path)


def test_patterns_of_submissions_match_within_a_name() -> None:
    for pattern, path, matches in (
        ("accepted", "accepted/a.py", True), ("accepted/*", "accepted/a.py", True), ("*.py", "accepted/a.py", False),
        ("{a,b}/x.{py,cpp}", "b/x.cpp", True), ("{a,b}/x.{py,cpp}", "c/x.cpp", False), ("a/?.py", "a/xy.py", False),
    ):  # fmt: skip
        assert glob(pattern)(path) is matches, (pattern, path)


def test_a_time_limit_is_a_multiple_of_what_the_slowest_needs() -> None:
    limits = [
        TimeRule(5).limit_s(0.01),
        TimeRule(5).limit_s(0.2),
        TimeRule(5).limit_s(0.21),
        TimeRule(2, 0.5).limit_s(1.1),
    ]
    assert limits == [1, 1, 2, 2.5]
