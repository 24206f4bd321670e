"""``microcoder``, as a process or in the test's own process, which saves an interpreter that starts for each call.

``tests/end_to_end/test_cli.py`` types commands as processes, and so shows that both are the same.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from evaluator.cli import main, service
from tests.forked import local_service


def microcoder(
    *arguments: object, cwd: Path | None = None, columns: int = 200, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command. A service that it starts has one worker, and its stderr is not in the result."""
    argv = ["microcoder", *map(str, arguments)]
    code: object = 0
    with (
        contextlib.chdir(cwd or Path.cwd()),
        patch.dict(os.environ, {"COLUMNS": str(columns), "MICROCODER_WORKERS": "1", **environment}),
        patch.object(sys, "argv", argv),
        patch.object(service, "local_service", local_service),
        contextlib.redirect_stdout(io.StringIO()) as stdout,
        contextlib.redirect_stderr(io.StringIO()) as stderr,
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    assert isinstance(code, int)
    return subprocess.CompletedProcess(argv, code, stdout.getvalue(), stderr.getvalue())


def run_python(arguments: Sequence[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run our interpreter with ``arguments``, as a user types them in ``cwd``."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "120", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
