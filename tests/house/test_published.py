"""Sdist, wheels and images are whole, and have one version. ``make dist`` builds them."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.source import PACKAGES, ROOT
from tests.house.test_web import sources as sources_of_pages

hatchling = pytest.importorskip("hatchling.builders.wheel", reason="the extra `dev` has hatchling")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BUILT_HERE = ("__pycache__", ".so")


def included(builder: Any) -> set[str]:
    """The files that a builder takes of this tree, by their paths in what it builds."""
    with builder.config.set_build_data({"artifacts": [], "force_include": {}, "build_hooks": ()}):
        return {file.distribution_path for file in builder.recurse_included_files()}


def sources() -> set[str]:
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    names = {path.relative_to(ROOT).as_posix() for path in files}
    return {name for name in names if not any(part in name for part in BUILT_HERE)}


def test_a_wheel_has_every_file_of_the_packages_and_no_other() -> None:
    assert included(hatchling.WheelBuilder(str(ROOT))) == sources()


def test_a_wheel_has_what_the_console_s_page_asks_for() -> None:
    page = ROOT / "evaluator" / "web" / "built" / "console" / "index.html"
    assets = re.findall(r'"/console/(assets/[^"]+)"', page.read_text())
    assert {Path(name).suffix for name in assets} == {".js", ".css"}
    prefix = page.parent.relative_to(ROOT).as_posix()
    assert {f"{prefix}/{name}" for name in assets} <= included(hatchling.WheelBuilder(str(ROOT)))


def test_a_source_distribution_has_what_builds_a_wheel_and_its_pages() -> None:
    from hatchling.builders.sdist import SdistBuilder

    pages = {path.relative_to(ROOT).as_posix() for path in sources_of_pages()}
    assert included(SdistBuilder(str(ROOT))) >= sources() | pages | {"hatch_build.py"}


def test_images_are_tagged_with_the_version() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    named = {each["image"] for each in compose["services"].values() if "microcoder" in each["image"]}
    assert {image.rpartition(":")[2] for image in named} == {PROJECT["version"]}
    kustomization = yaml.safe_load((ROOT / "docker/k8s/base/kustomization.yaml").read_text())
    assert {str(image["newTag"]) for image in kustomization["images"]} == {PROJECT["version"]}


def test_a_wheel_is_with_the_helper_or_without_it_as_one_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    hook = module.Native(str(tmp_path), {}, None, None, str(tmp_path), "wheel")
    (tmp_path / "sandbox" / "zygote").mkdir(parents=True)
    monkeypatch.setenv("CC", "false")
    monkeypatch.setenv("MICROCODER_WHEEL", "helper")
    data: dict[str, Any] = {"artifacts": []}
    with pytest.raises(subprocess.CalledProcessError):
        hook.initialize("standard", data)
    monkeypatch.setenv("MICROCODER_WHEEL", "pure")
    hook.initialize("standard", data)
    assert data == {"artifacts": []}
