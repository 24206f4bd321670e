"""Packages that a run's settings need, named before anything heavy is loaded."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from tests.grpo.test_config import LEAST, written
from trainer_client.grpo.config import BadConfig, load
from trainer_client.grpo.requirements import REPORTERS, SETTING_PACKAGES, require_packages
from trainer_client.grpo.trl_internals import RANGE, TrlChanged, require_known_version

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


@pytest.mark.parametrize(
    ("override", "package", "said"),
    [
        *((f"trainer.{name}=true", package, f"trainer.{name} needs {package}") for name, package in SETTING_PACKAGES.items()),
        *((f"trainer.report_to={name}", name, f"trainer.report_to: {name} needs {name}") for name in REPORTERS),
        ("trainer.report_to=[wandb, none]", "wandb", "trainer.report_to: wandb needs wandb"),
        ("lora={}", "peft", "lora needs peft"),
    ],
)  # fmt: skip
def test_a_package_that_is_not_installed_is_named_with_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, override: str, package: str, said: str
) -> None:
    config = load(written(tmp_path, LEAST), [override])
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadConfig) as caught:
        require_packages(config)
    assert said in str(caught.value)
    install = str(caught.value).rpartition("pip install ")[2].strip("'")
    assert any(each.partition(">")[0] == install for extra in EXTRAS.values() for each in extra)


def test_what_is_installed_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "peft.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    require_packages(load(written(tmp_path, LEAST), ["lora={}", "trainer.report_to=none", "trainer.use_vllm=false"]))


def test_a_launcher_s_deepspeed_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_USE_DEEPSPEED", "true")
    monkeypatch.setitem(sys.modules, "deepspeed", None)
    with pytest.raises(BadConfig, match="the launcher's configuration needs deepspeed"):
        require_packages(load(written(tmp_path, LEAST)))


@pytest.mark.parametrize(
    ("version", "known"), [("0.29.1", False), ("1.0.0", True), ("1.16.3", True), ("1.17.0", False)]
)
def test_versions_of_trl_outside_the_range_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, known: bool
) -> None:
    folder = tmp_path / f"trl-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: trl\nVersion: {version}\n")
    monkeypatch.syspath_prepend(tmp_path)
    if known:
        require_known_version()
    else:
        with pytest.raises(TrlChanged, match=f"trl {version} is installed"):
            require_known_version()


def test_the_extra_has_the_range_that_is_known() -> None:
    assert RANGE in EXTRAS["trl"]
