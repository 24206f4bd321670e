"""``microcoder suites``: check a suite before any submission is seen; make one of a problem package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from evaluator.cli import packages
from evaluator.cli.errors import BadInput
from evaluator.cli.grade import read_suite
from evaluator.cli.service import SERVER_HELP, client_of, service
from evaluator.cli.terminal import Terminal, styled
from evaluator.schema import SuiteCheck, TestCodeCheck, Trust

app = typer.Typer(help="Check suites, and make them of problem packages.", no_args_is_help=True)
_UNUSABLE = 2
_KINDS = {"sealed": "green", "truth": "green", "raises": "yellow", "open": "red"}


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A suite of mode program, as JSON.")],
    server: Annotated[str | None, typer.Option(help=SERVER_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Show how a suite of mode program is judged, what it proves, and what its reference shows. The exit code is 2 if
    it cannot be used."""
    suite = read_suite(file)
    if suite.mode != "program":
        raise BadInput(f'{file}: suites of mode "program" can be checked; this one has mode "{suite.mode}"')
    with service(server) as url, client_of(url) as client:
        report = client.check_suite(suite)
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        _show(report)
    raise typer.Exit(0 if report.usable else _UNUSABLE)


@app.command("from-package")
def from_package(
    package: Annotated[Path, typer.Argument(help="A problem package: a directory or a .zip (ICPC, DMOJ, Polygon).")],
    out: Annotated[Path | None, typer.Option(help="File for the suite; by default stdout.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(help="CPU limit in seconds, in the place of the package's own.")
    ] = None,
) -> None:
    """Write the suite of an ICPC or Kattis, DMOJ or Polygon package. The exit code is 2 if a suite cannot say it."""
    packages.write_suite(package, out, time_limit)


def _show(report: SuiteCheck) -> None:
    terminal = Terminal()
    if report.trust is not None:
        terminal.print(_trust_line(report.trust))
    for test in report.tests:
        if len(report.tests) > 1:
            terminal.print(styled("\n", (f"test {test.index}", "bold"), f" {test.name or ''}"))
        _show_test(terminal, test)
    if report.cpu_s:
        terminal.print(f"prepared with {report.cpu_s:.2f} s of CPU time, in tier {report.isolation}")


def _trust_line(trust: Trust) -> Text:
    colour = "green" if trust.level == "strong" else "yellow"
    flags = f"; the tests read: {', '.join(trust.flags)}" if trust.flags else ""
    return styled(
        (trust.level, colour),
        f": {trust.bits:g} bits; way: {trust.way}; {trust.sealed} assertions sealed, {trust.open} open{flags}",
    )


def _show_test(terminal: Terminal, test: TestCodeCheck) -> None:
    if test.reason is not None:
        terminal.print(styled(("cannot be used:", "red"), f" {test.reason}"))
        return
    terminal.print(f"{test.framework} tests, {test.way}: {test.why or ''}")
    if test.reference is not None:
        unsteady = f"; not steady: {', '.join(test.reference.unsteady)}" if test.reference.unsteady else ""
        terminal.print(
            f"the reference passes; it opened {test.reference.opened} assertions and fixed "
            f"{test.reference.required} that must be reached{unsteady}"
        )
    table = Table("line", "kind", "required", "assertion", "why")
    for site in test.sites:
        required = "yes" if site.required else ""
        table.add_row(str(site.line), styled((site.kind, _KINDS[site.kind])), required, site.text, site.why or "")
    terminal.print_table(table)
