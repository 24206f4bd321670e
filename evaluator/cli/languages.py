"""``microcoder languages``: install toolchains that are newer than the system's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from evaluator.cli.errors import server_packages
from evaluator.cli.terminal import Terminal

app = typer.Typer(help="Install toolchains of languages.", no_args_is_help=True)
_PREFIX = "Where they go: commands to bin/, toolchains to lib/. The service looks below its default alone, and in PATH."


@app.command("list")
def list_recipes() -> None:
    """List the toolchains that can be installed, and from where."""
    with server_packages("languages"):
        from evaluator.toolchains import recipes
    table = Table("language", "from", "commands", box=None)
    for recipe in recipes().values():
        table.add_row(recipe.name, recipe.source, ", ".join([*recipe.commands, *recipe.scripts]))
    Terminal().print_table(table)


@app.command()
def install(
    names: Annotated[list[str], typer.Argument(help="Languages, as `microcoder languages list` names them.")],
    prefix: Annotated[Path | None, typer.Option(help=_PREFIX)] = None,
) -> None:
    """Install the toolchains of languages. Running services find them within a minute."""
    with server_packages("languages"):
        from evaluator.cli import server
    for recipe in server.install_toolchains(names, prefix):
        Terminal().print(f"{recipe.name} is installed, from {recipe.source}")
