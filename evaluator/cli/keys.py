"""``microcoder keys``: API keys and their limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from evaluator import keys

app = typer.Typer(
    help="Manage API keys: the file of their hashes that MICROCODER_KEYS_FILE names.", no_args_is_help=True
)
_File = Annotated[Path, typer.Option("--file", envvar="MICROCODER_KEYS_FILE", help="File of keys.")]


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
) -> None:
    """Make a key and print it, once: the file keeps its hash. Running services know it at once. To revoke it, delete
    its table from the file."""
    try:
        limits = keys.Key(sha256="0" * 64, rate=rate, concurrent=concurrent)
    except ValueError as error:
        raise typer.BadParameter("--rate and --concurrent must be more than 0") from error
    print(keys.add(file, name, rate=limits.rate, concurrent=limits.concurrent))


@app.command("list")
def list_keys(file: _File) -> None:
    """List the holders of keys and their limits."""
    table = Table("name", "submissions/s", "at once", "SHA-256", box=None, pad_edge=False)
    for name, key in keys.read(file).items():
        rate = "any" if key.rate is None else f"{key.rate:g}"
        table.add_row(name, rate, str(key.concurrent or "any"), f"{key.sha256[:12]}…")
    Console().print(table)
