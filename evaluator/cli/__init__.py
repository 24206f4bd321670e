"""The command line, ``microcoder``. Exit codes: 0 graded, 2 wrong usage or input, 3 service or judge fault."""

from __future__ import annotations

import sys

_FAULT = 3


def main() -> None:
    """Entry point. The rest is imported only where it can work."""
    if sys.platform != "linux":
        sys.stderr.write(
            f"microcoder runs programs in a jail of the Linux kernel; this is {sys.platform}. Run the service on Linux "
            "or in its container; the client (`pip install microcoder-evaluator`) works here and speaks HTTP to it.\n"
        )
        sys.exit(_FAULT)
    from evaluator.cli import hosting
    from evaluator.cli.errors import run

    if sys.argv[1:2] and sys.argv[1] in hosting.COMMANDS:
        run(hosting.app)
    else:
        from evaluator.cli.app import app

        run(app)


__all__ = ["main"]
