"""The zygote's helper in C."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "sandbox" / "zygote"


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_it_compiles_without_a_warning(compiler: str) -> None:
    include = sysconfig.get_path("include")
    if shutil.which(compiler) is None or not Path(include, "Python.h").exists():
        pytest.skip(f"no {compiler}, or no headers of Python's")
    flags = ["-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", "-fsyntax-only", f"-I{include}"]
    done = subprocess.run([compiler, *flags, *sorted(SOURCES.glob("*.c"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


SESSION = r"""
import json
from sandbox.execution import Input, PythonScript
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.session import BatchRequest, Session
from sandbox.execution import SlotFailed
from sandbox.slot import Slot
from sandbox.toolchain import python_runtime

CODE = b'''import builtins, sys
print(input(), sorted('ba'), sys.maxsize > 1, 'made' in sys.modules, hasattr(sys, 'seen'))
sys.seen = sys.modules['made'] = 1
sys.maxsize, builtins.sorted = 0, list
'''
try:
    slot = Slot(Tier.NAMESPACES, python_runtime(None))
except (SlotFailed, OSError) as error:
    print(json.dumps(["refused", str(error)]))
else:
    with Session(slot, PythonScript(("main.py",), {"main.py": CODE}), RunLimits()) as session:
        runs = [session.run(Input(b"0\n"))]
        while session.alive and len(runs) < 4:
            batch = BatchRequest([Input(b"%d\n" % n) for n in range(len(runs), 4)])
            runs += session.run_batch(batch).executions
    print(json.dumps(["native" if slot.native else "python", *(run.stdout.decode() for run in runs)]))
    slot.close()
"""


@pytest.mark.parametrize("last_known", ["0x030D", "0"], ids=["versions", "no versions"])
def test_what_a_test_leaves_is_found_whether_dictionaries_have_versions_or_not(tmp_path: Path, last_known: str) -> None:
    """They have none under a CPython that is newer than those in which they were found."""
    include = sysconfig.get_path("include")
    if shutil.which("gcc") is None or not Path(include, "Python.h").exists():
        pytest.skip("no gcc, or no headers of Python's")
    package = tmp_path / "sandbox"
    shutil.copytree(SOURCES.parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    library = package / "zygote" / "_native.abi3.so"
    flags = ["-O2", "-fPIC", "-shared", f"-I{include}", f"-DLAST_KNOWN={last_known}"]
    subprocess.run(["gcc", *flags, *SOURCES.glob("*.c"), "-o", library], check=True)
    done = subprocess.run([sys.executable, "-c", SESSION], cwd=tmp_path, capture_output=True, text=True, check=True)
    kind, *told = json.loads(done.stdout)
    if kind == "refused":
        pytest.skip(f"this host does not grant the tier: {told}")
    assert kind == "native"
    assert told == [f"{n} ['a', 'b'] True False False\n" for n in range(4)]
