"""Started by a user without any rights, the sandbox still jails, limits and cleans up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox
from sandbox.isolation import Tier

PLAIN_UID = 54_321
PYTHON = "/usr/bin/python3"
SCRIPT = """
import json, sys
from sandbox.execution import Program
from sandbox.isolation import Tier
from sandbox.kernel import processes
from sandbox.limits import MIB, Limits
from sandbox.slot import Slot, SlotFailed
from sandbox.toolchain import python_runtime

try:
    slot = Slot(Tier(sys.argv[1]), python_runtime(sys.argv[2]))
except SlotFailed as error:
    print(json.dumps({"refused": str(error)}))
    sys.exit()

def run(code, **limits):
    program = Program(("main.py",), {"main.py": code.encode()}, python=True)
    return slot.run(program, Limits(**limits))

leave_behind = "import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    time.sleep(1000)\\nprint('left')"
look = "import os\\ntry: print(len(open('/etc/hostname').read()))\\nexcept OSError: print(sorted(os.listdir('.')))"
result = {
    "cpu": run("while True: pass", cpu_s=0.3).stopped_by,
    "memory": run("x = []\\nwhile True: x.append(bytearray(1 << 20))", memory_bytes=64 * MIB).stopped_by,
    "left": run(leave_behind).stdout.decode(),
    "looked": run(look).stdout.decode(),
    "alive": len(processes.descendants(slot.pid)),
}
slot.close()
print(json.dumps(result))
"""


@pytest.fixture
def copy_of_the_package() -> Iterator[Path]:
    """Where a plain user can read it, whatever the checkout's permissions are."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    shutil.copytree(Path(sandbox.__file__).parent, directory / "sandbox")
    yield directory
    shutil.rmtree(directory)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user; the other tests run as a plain one")
@pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"needs an interpreter that everybody can read: {PYTHON}")
@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK], ids=str)
def test_a_plain_user_gets_a_working_jail(tier: Tier, copy_of_the_package: Path) -> None:
    done = subprocess.run(
        [PYTHON, "-c", SCRIPT, tier.value, PYTHON],
        cwd=copy_of_the_package,
        user=PLAIN_UID,
        group=PLAIN_UID,
        extra_groups=[],
        capture_output=True,
        timeout=120,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    if "refused" in result:
        pytest.skip(f"this host does not grant it to plain users: {result['refused']}")
    assert (result["cpu"], result["memory"]) == ("cpu", "memory")
    assert result["left"] == "left\n"
    assert result["looked"] == "['main.py']\n"
    assert result["alive"] <= 2
