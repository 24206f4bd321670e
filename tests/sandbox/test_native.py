"""The zygote's helper in C."""

from __future__ import annotations

import shutil
import subprocess
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
