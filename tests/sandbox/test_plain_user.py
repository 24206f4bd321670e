"""The sandbox as people start it: by a user without any rights, and in a container that grants nothing special."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox.isolation import Tier
from tests.sandbox.neighbour_probe import BESIDE

PLAIN_UID = 54_321
PYTHON = "/usr/bin/python3"
HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.skipif(
        os.geteuid() != 0, reason="only root can become another user; the other tests run as a plain one"
    ),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"needs an interpreter that everybody can read: {PYTHON}"),
]


@pytest.fixture
def copy_of_the_package() -> Iterator[Path]:
    """A copy that a plain user can read, whatever the checkout's permissions are."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    shutil.copytree(Path(sandbox.__file__).parent, directory / "sandbox")
    for name in ("jail_probe.py", "neighbour_probe.py", "docker_like.py"):
        shutil.copy(HERE / name, directory)
        (directory / name).chmod(0o644)
    yield directory
    shutil.rmtree(directory)


def output_of(command: list[str], directory: Path, uid: int = 0) -> dict[str, Any]:
    done = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory)},
        user=uid,
        group=uid,
        extra_groups=[],
        capture_output=True,
        timeout=120,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def assert_holds(result: dict[str, Any]) -> None:
    assert (result["cpu"], result["memory"]) == ("cpu", "memory")
    assert result["left"] == "left\n"
    assert result["looked"] == "['main.py']\n"
    assert result["forked"] == "True\n"
    assert result["alive"] <= 2


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK], ids=str)
def test_a_plain_user_gets_a_working_jail(tier: Tier, copy_of_the_package: Path) -> None:
    command = [PYTHON, "jail_probe.py", tier.value, PYTHON]
    result = output_of(command, copy_of_the_package, PLAIN_UID)
    if "refused" in result:
        pytest.skip(f"this host does not grant it to plain users: {result['refused']}")
    assert_holds(result)


@pytest.mark.parametrize("uid", [0, PLAIN_UID], ids=["root", "plain user"])
def test_a_default_container_gets_the_landlock_tier(uid: int, copy_of_the_package: Path) -> None:
    become = [PYTHON, "docker_like.py", str(uid), PYTHON, "jail_probe.py"]
    refused = output_of([*become, Tier.NAMESPACES.value, PYTHON], copy_of_the_package)
    assert "Operation not permitted" in refused["refused"]
    result = output_of([*become, Tier.LANDLOCK.value, PYTHON], copy_of_the_package)
    if "no Landlock" in result.get("refused", ""):
        pytest.skip(result["refused"])
    assert result["groups"] == 0
    assert_holds(result)


WAYS = {
    "namespaces-root": (Tier.NAMESPACES, 0, False),
    "namespaces-user": (Tier.NAMESPACES, PLAIN_UID, False),
    "landlock-root": (Tier.LANDLOCK, 0, False),
    "container-user": (Tier.LANDLOCK, PLAIN_UID, True),
    "process-root": (Tier.PROCESS, 0, False),
    "process-user": (Tier.PROCESS, PLAIN_UID, False),
}
USUAL_PIPE = "65536"
SENT, MAY_NOT_SEND = "sent", str(errno.EPERM)


def beside_a_hostile_one(way: str, kind: str, directory: Path) -> dict[str, Any]:
    """Return the answer of ``neighbour_probe``, as the user and in the tier that the way names."""
    tier, uid, contained = WAYS[way]
    runtime = directory / "runtime"
    runtime.mkdir()
    (runtime / "shared.py").write_text("ANSWER = 'imported'")
    for path in (runtime, runtime / "shared.py"):
        os.chown(path, uid, uid)  # only its owner may take a lease on a file
    command = [PYTHON, "neighbour_probe.py", tier.value, PYTHON, str(runtime), kind]
    if contained:
        command, uid = [PYTHON, "docker_like.py", str(uid), *command], 0
    result = output_of(command, directory, uid)
    if "refused" in result:
        pytest.skip(f"this host does not grant it: {result['refused']}")
    return result


@pytest.mark.parametrize("way", WAYS)
def test_what_a_program_holds_keeps_no_neighbour_waiting(way: str, copy_of_the_package: Path) -> None:
    result = beside_a_hostile_one(way, "files and descriptors", copy_of_the_package)
    said = f"{MAY_NOT_SEND if WAYS[way][1] else SENT} imported"
    assert result["held"] == "held\n"
    assert result["alone"] == said
    assert result["beside"] == [said] * BESIDE  # under a lease of the other's they wait until that one has ended


@pytest.mark.parametrize("way", WAYS)
def test_pipes_of_others_are_smaller_only_where_programs_share_a_user(way: str, copy_of_the_package: Path) -> None:
    """The kernel counts the pages of pipes by user (pipe(7), pipe-user-pages-soft), and grants few to who has more;
    docs/security.md names the gap."""
    result = beside_a_hostile_one(way, "pipes", copy_of_the_package)
    assert result["alone"] == USUAL_PIPE
    if WAYS[way][1]:
        assert min(map(int, result["beside"])) < int(USUAL_PIPE)
    else:
        assert result["beside"] == [USUAL_PIPE] * BESIDE
