"""The table of ``microcoder doctor``: what matters of what does not work, and how to get what is not there."""

from __future__ import annotations

import re

import pytest

from evaluator.cli.doctor import debian_packages, show, warn
from evaluator.schema import Isolation
from tests.docs.tables import ROOT

FACTS = {
    "engine": "1",
    "user": "root",
    "cpus": 2,
    "memory_mb": 1024,
    "kernel": "Linux",
    "python": "python3",
    "min_isolation": "landlock",
    "data_dir": "/data",
    "packages": {"numpy": "2.4"},
}


def table(capsys: pytest.CaptureFixture[str], **facts: object) -> str:
    show(Isolation.model_validate({**FACTS, **facts}))
    return re.sub(" +", " ", capsys.readouterr().out).replace(" \n", "\n")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_what_is_not_needed_is_no_complaint(capsys: pytest.CaptureFixture[str]) -> None:
    def found(**works: bool) -> list[dict[str, object]]:
        return [{"name": name.replace("_", " "), "works": value, "detail": "[odd]"} for name, value in works.items()]

    tiers = found(namespaces=False, landlock=True, process=False)
    one = table(capsys, tier="landlock", tiers=tiers, mechanisms=found(cgroup_v2=False, cgroup_v1=True), languages={})
    for line in ("namespaces no [odd]", "landlock works", "process not needed ([odd])", "cgroup v2 not needed"):
        assert line in one
    none = table(capsys, tier=None, tiers=found(process=False), mechanisms=found(cgroup_v2=False), languages={})
    for line in ("process no", "cgroup v2 no", "the service would not start"):
        assert line in none


def test_a_language_that_is_not_there_has_the_command_that_installs_it(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table(capsys, tier=None, tiers=[], mechanisms=[], languages={"python": "3", "c": "12"})
    assert "not here cpp apt-get" in shown
    assert "php apt-get install php-cli\n" in shown
    assert "go apt-get install golang-go, or newer: microcoder languages install go\n" in shown
    assert not re.search(r"^\W*c apt-get", shown, re.MULTILINE)
    assert "packages numpy 2.4\n" in shown
    warn(["[red]as it is[/]"])
    assert "warning: [red]as it is[/]" in capsys.readouterr().err


def test_debian_s_packages_are_those_that_images_get() -> None:
    script = (ROOT / "docker" / "languages.sh").read_text()
    packages = dict(re.findall(r"^ +(\w+)\) echo (.*) ;;$", script, re.MULTILINE))
    assert len(packages) > 20
    assert packages == dict(debian_packages())
