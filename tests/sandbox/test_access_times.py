"""A time of access is word that one program could leave for another: on files that every program may read."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.execution import PythonScript, SlotFailed
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

LONG_AGO = 1_000_000_000
PYTHON = "/usr/bin/python3"
KEEPS_THEM = {Tier.NAMESPACES: False, Tier.LANDLOCK: True, Tier.PROCESS: True}
"""Tell whether a program's reading is written down. docs/security.md names those where it is as a gap: only a mount of
one's own can forbid it."""


@pytest.fixture
def readable() -> Iterator[Path]:
    """A directory that every user may read, whose files were read long ago."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    for name in ("by_us", "by_a_program"):
        (directory / name).write_text("text")
        os.utime(directory / name, (LONG_AGO, LONG_AGO))
    yield directory
    shutil.rmtree(directory)


@pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"needs an interpreter that everybody can read: {PYTHON}")
@pytest.mark.parametrize("tier", list(Tier), ids=str)
def test_reading_a_file_of_the_host_is_written_down_only_without_a_mount_of_its_own(tier: Tier, readable: Path) -> None:
    (readable / "by_us").read_text()
    if (readable / "by_us").stat().st_atime == LONG_AGO:
        pytest.skip("this file system keeps no times of access")
    try:
        slot = Slot(tier, replace(python_runtime(PYTHON), reads=(str(readable),)))
    except SlotFailed as error:
        pytest.skip(f"this host does not grant the tier: {error}")
    file = readable / "by_a_program"
    code = f"print(open({str(file)!r}).read())"
    said = slot.run(PythonScript(("main.py",), {"main.py": code.encode()}), RunLimits()).stdout
    slot.close()
    assert said == b"text\n"
    assert (file.stat().st_atime != LONG_AGO) is KEEPS_THEM[tier]
