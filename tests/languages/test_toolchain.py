"""The table itself, and which toolchains are offered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.toolchain import Language, canonical, forget_toolchains, languages, located, probe


def test_no_name_means_two_languages() -> None:
    names = [name for language in languages().values() for name in (language.name, *language.aliases)]
    assert len(names) == len(set(names))
    assert [name for name in names if canonical(name.upper()) is None] == []


def test_a_program_in_a_home_directory_is_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "toolchain"
    program.write_text("#!/bin/sh\necho version 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert probe(Language("x", "main.x", ("toolchain",)), "") is None


def test_what_a_jail_does_not_show_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert located(("sh", "{what}"), what="it") in ((("/usr/bin/sh", "it")), ("/bin/sh", "it"))


def test_a_language_needs_all_its_programs() -> None:
    assert probe(Language("x", "main.x", ("sh", "-c", "echo 1")), "") == "1"
    assert probe(Language("x", "main.x", ("sh", "-c", "echo 1"), run=("no such program",)), "") is None


def test_a_toolchain_is_asked_anew_once_its_file_is_another(tmp_path: Path) -> None:
    asked, program = tmp_path / "asked", tmp_path / "toolchain"
    language = Language("x", "main.x", (str(program),))

    def install(version: str) -> None:
        program.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\necho once more >> {asked}\necho {version}\n")
        program.chmod(0o755)

    install("version 1")
    assert [probe(language, "") for _ in range(3)] == ["version 1"] * 3
    install("version 2.0")
    assert [probe(language, "") for _ in range(3)] == ["version 2.0"] * 3
    assert len(asked.read_text().splitlines()) == 2
    forget_toolchains()  # what the script starts may be another
    assert probe(language, "") == "version 2.0"
    assert len(asked.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    "source", [b"{" * 500_000, b"/*" * 500_000, b'"""' * 333_333, b"public " * 150_000, b"'" * 1_000_000, b"\xff\0"]
)
def test_no_source_makes_its_name_slow(source: bytes) -> None:
    assert languages()["java"].file_name(source) == "Main.java"


def test_the_documentation_and_the_image_have_every_language() -> None:
    project = Path(__file__).parents[2]
    page, script = (project / "docs/languages.md").read_text(), (project / "docker/languages.sh").read_text()
    section = page[: page.index("## Modes")]
    assert [name for name in languages() if f"`{name}`" not in section] == []
    packaged = set(languages()) - {"python", "cpp17", "cpp14", "cpp11"}
    assert set(re.findall(r"^    (\w+)\) echo", script, re.MULTILINE)) == packaged
    everything = script.partition("|| set -- ")[2].partition("\nwanted=")[0]
    assert set(everything.replace("\\\n", " ").split()) == packaged
