"""Promises of the images, the compose file and the Kubernetes manifests, read from the files themselves."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from evaluator.settings import Settings
from tests.deployment.test_compose import COMPOSE, ROOT, interpolated, seconds

SERVICES = COMPOSE["services"]
K8S = ROOT / "docker" / "k8s"
PLAIN = [K8S / "base" / name for name in yaml.safe_load((K8S / "base" / "kustomization.yaml").read_text())["resources"]]
RIGHTS = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"}
"""Found by leaving one out after the other until programs were no longer judged."""


def manifests() -> list[dict[str, Any]]:
    return [document for path in PLAIN for document in yaml.safe_load_all(path.read_text())]


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for each in manifests():
        if "template" in each.get("spec", {}):
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


def variables(pod: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for container in pod["containers"] for each in container.get("env", ())}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert "privileged" not in service
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service.get("cap_add", ())) == {
        "worker": RIGHTS,
        "worker-gvisor": RIGHTS | {"SYS_ADMIN", "SYS_CHROOT"},
    }.get(name, set())
    assert service.get("runtime") == ("runsc" if name == "worker-gvisor" else None)
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} == set(limits)
    assert service["healthcheck"]["test"]
    assert re.fullmatch(r"[\w./-]+:\d[\w.-]+", service["image"]), "pinned by tag"


def test_without_keys_only_this_machine_reaches_the_service() -> None:
    api = SERVICES["api"]
    assert [interpolated(port) for port in api["ports"]] == ["127.0.0.1:8000:8000"]
    assert interpolated(api["environment"]["MICROCODER_ALLOW_OPEN"]) == "true"
    assert COMPOSE["networks"]["queue"]["internal"] is True
    assert [name for name, service in SERVICES.items() if "ports" in service or "front" in service["networks"]] == [
        "api"
    ]


def test_every_setting_that_is_named_exists() -> None:
    texts = [path.read_text() for path in (ROOT / "docker" / "Dockerfile", ROOT / "docker-compose.yml", *PLAIN)]
    named = set(re.findall(r"MICROCODER_(\w+)", "\n".join(texts)))
    of_the_file = {"PUBLISH", "WORKER_CPUS", "WORKER_MEMORY"}  # compose's own
    assert named - of_the_file <= {name.upper() for name in Settings.model_fields}


def test_what_is_told_to_stop_has_the_time_that_it_takes() -> None:
    for service in SERVICES.values():
        drain_s = float(service.get("environment", {}).get("MICROCODER_DRAIN_S", 0))
        assert seconds(service["stop_grace_period"]) > drain_s + 5
    for name, pod in pods():
        needs_s = sum(float(variables(pod).get(f"MICROCODER_{what}_S", 0)) for what in ("DRAIN", "LEAVE"))
        assert pod["terminationGracePeriodSeconds"] > needs_s + 5, name


def test_no_pod_has_more_rights_than_it_needs() -> None:
    for name, pod in pods():
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["securityContext"].get("runAsNonRoot", False) is (name != "worker")
        for container in pod["containers"]:
            context = container["securityContext"]
            assert (context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"]) == (False, True)
            assert context["capabilities"]["drop"] == ["ALL"]
            assert set(context["capabilities"].get("add", ())) == (RIGHTS if name == "worker" else set())
            assert "memory" in container["resources"]["limits"]


def test_the_api_asks_for_keys_and_everything_that_selects_finds_something() -> None:
    labels = [
        each["spec"]["template"]["metadata"]["labels"] for each in manifests() if "template" in each.get("spec", {})
    ]
    assert sorted(label["app"] for label in labels) == ["api", "redis", "worker"]
    for each in manifests():
        spec = each.get("spec", {})
        selector = spec.get("selector", spec.get("podSelector", {}))
        wanted = selector.get("matchLabels", selector if each["kind"] == "Service" else {})
        assert not wanted or wanted in labels, each["metadata"]
    found = {name: variables(pod) for name, pod in pods()}
    assert found["api"]["MICROCODER_KEYS_FILE"] == "/etc/microcoder/keys.toml"
    assert "MICROCODER_ALLOW_OPEN" not in found["api"]


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", "docker/Dockerfile"],
        ["shellcheck", "docker/languages.sh"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", ".github/workflows/release.yml"],
        ["kubernetes-validate", "--strict", *map(str, PLAIN)],
        ["promtool", "check", "rules", "docker/prometheus/alerts.yml"],
    ],
    ids=lambda command: command[0],
)
def test_who_knows_the_format_finds_nothing_wrong(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]} (make deployment brings those of PyPI)")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
