"""The command line, ``microcoder``. Exit codes: 0 graded, 2 wrong usage or input, 3 service or judge fault."""

from __future__ import annotations

import sys

from evaluator.installation import install_command

_WRONG_USAGE, _FAULT = 2, 3


def main() -> None:
    """Entry point. The rest is imported only where it can work."""
    if sys.platform != "linux":
        sys.stderr.write(
            f"microcoder runs programs in a jail of the Linux kernel; this is {sys.platform}. Run the service on Linux "
            "or in its container; the Python client, which is installed here, speaks HTTP to it.\n"
        )
        sys.exit(_FAULT)
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"error: the command line needs a package that is not installed, {error.name}: "
            f"{install_command('cli')}, or [server] to run programs on this machine\n"
        )
        sys.exit(_WRONG_USAGE)
    from evaluator.cli import hosting
    from evaluator.cli.errors import run

    if sys.argv[1:2] and sys.argv[1] in hosting.COMMANDS:
        run(hosting.app)
    else:
        from evaluator.cli.app import app

        run(app)


__all__ = ["main"]
