"""``microcoder keys``: API keys and their limits."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from evaluator import keys
from evaluator.cli.terminal import Terminal

app = typer.Typer(
    help="Manage API keys: the file of their hashes that MICROCODER_KEYS_FILE names.", no_args_is_help=True
)
_File = Annotated[
    Path,
    typer.Option(
        "--file",
        envvar="MICROCODER_KEYS_FILE",
        default_factory=keys.default_file,
        show_default=False,
        help="File of keys; by default /etc/microcoder/keys.toml for root, else ~/.config/microcoder/keys.toml.",
    ),
]


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the key's holder.")],
    file: _File,
    rate: Annotated[float | None, typer.Option(help="Most submissions a second, on average.")] = None,
    concurrent: Annotated[
        int | None,
        typer.Option(
            help="Most submissions that wait or run at once; at least as many as one request brings (our clients: 64)."
        ),
    ] = None,
    admin: Annotated[
        bool, typer.Option("--admin", help="It may read /metrics and do what concerns all holders.")
    ] = False,
) -> None:
    """Make a key and print it, once: the file keeps its hash. Running services that use the file know it at once."""
    try:
        limits = keys.Key(sha256="0" * 64, rate=rate, concurrent=concurrent)
    except ValueError as error:
        raise typer.BadParameter("--rate and --concurrent must be more than 0") from error
    print(keys.add(file, name, rate=limits.rate, concurrent=limits.concurrent, admin=admin))
    _tell_how_to_use(file)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Name of the key's holder.")], file: _File) -> None:
    """End a key: requests with it are refused from now on."""
    keys.revoke(file, name)
    Terminal(stderr=True).print(f"{name}'s key is revoked")


@app.command("list")
def list_keys(file: _File) -> None:
    """List the holders of keys and their limits."""
    table = Table("name", "submissions/s", "at once", "admin", "SHA-256", box=None, pad_edge=False)
    for name, key in keys.read(file).items():
        rate = "any" if key.rate is None else f"{key.rate:g}"
        table.add_row(name, rate, str(key.concurrent or "any"), "yes" * key.admin, f"{key.sha256[:12]}…")
    Terminal().print_table(table)


def _tell_how_to_use(file: Path) -> None:
    """Say, unless the environment names the file, where it is and how the service is to find it."""
    if os.environ.get("MICROCODER_KEYS_FILE") != str(file):
        hint = f"its hash is in {file}; start the service with MICROCODER_KEYS_FILE={shlex.quote(str(file.absolute()))}"
        Terminal(stderr=True).print(hint)
