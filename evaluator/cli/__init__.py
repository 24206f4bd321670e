"""The command line, ``microcoder``. Exit codes: 0 graded, 2 wrong usage or input, 3 service or judge fault."""

from __future__ import annotations

import sys

FAULT = 3


def main() -> None:
    """Entry point. The rest is imported only where it can work."""
    if sys.platform != "linux":
        sys.stderr.write(
            f"microcoder runs programs in a jail of the Linux kernel; this is {sys.platform}. Run the service on Linux "
            "or in its container; the client (`pip install microcoder-evaluator`) works here and speaks HTTP to it.\n"
        )
        sys.exit(FAULT)
    from evaluator.cli.app import run

    run()


__all__ = ["main"]
