"""The tables of the documentation that follow from the code: settings, fields of models, commands and their options.

``python -m tests.docs.tables`` writes them anew between their markers, ``<!-- kind: name -->`` and ``<!-- /kind -->``.
The meanings of a model's fields stand in the page alone: they are kept, and a new field's is left empty.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import typer.main
from pydantic import BaseModel

from evaluator import errors, schema
from evaluator.cli.app import app
from evaluator.schema.shapes.published import SHAPES
from evaluator.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TABLE = re.compile(r"<!-- (settings|command|fields|problems|shapes): (.+?) -->\n(.*?)<!-- /\1 -->", re.DOTALL)
PAGE_FIELDS = ROOT / "evaluator" / "api" / "page_fields.toml"
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
_FIELD_ROW = re.compile(r"^\| `(\w+)` \| .*? \| (.*?) \|$", re.MULTILINE)
_SHOWN_DEFAULTS = {"workers": "CPUs", "data_dir": "`~/.cache/microcoder-evaluator`", "compat": "all"}
_TYPES = {"number": "number", "integer": "integer", "boolean": "boolean", "string": "text"}


def settings_table(names: str) -> str:
    """Make the table of the settings that a page groups together."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for name in names.split():
        field = Settings.model_fields[name]
        default = _SHOWN_DEFAULTS.get(name) or _shown_value(field.default)
        rows.append(f"| `MICROCODER_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def _shown_value(value: Any) -> str:
    """Show a default as one writes it into the environment."""
    if value is None:
        return "none"
    return f"`{json.dumps(value)}`" if isinstance(value, bool | tuple | dict) else f"`{value}`"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command that can be typed, by its words."""
    yield from _commands_below("microcoder", typer.main.get_command(app))


def _commands_below(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not hasattr(command, "commands"):
        yield words, command
        return
    for name, each in command.commands.items():
        yield from _commands_below(f"{words} {name}", each)


def command_table(words: str) -> str:
    """Describe a command: its purpose, its usage and its options."""
    command = dict(commands())[words]
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [
        each for each in command.params if each.param_type_name == "option" and not getattr(each, "hidden", False)
    ]
    usage = " ".join([words, *map(_shown_argument, arguments), *(["[OPTIONS]"] if options else [])])
    text = f"{inspect.cleandoc(command.help or '')}\n".replace("\n", " ").strip()
    blocks = [text, f"```text\n{usage}\n```"]
    if arguments or options:
        rows = ["| argument or option | default | what it is |", "|---|---|---|"]
        rows += [f"| `{_shown_argument(each)}` | {_required(each)} | {_help_of(each)} |" for each in arguments]
        rows += [f"| {_names(each)} | {_default(each)} | {_help_of(each)} |" for each in options]
        blocks.append("\n".join(rows))
    return "\n" + "\n\n".join(blocks) + "\n\n"


def _shown_argument(argument: Any) -> str:
    name = (argument.metavar or argument.name).strip("[]").upper()
    shown = f"{name}..." if argument.nargs == -1 or argument.multiple else name
    return shown if argument.required else f"[{shown}]"


def _names(option: Any) -> str:
    return ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])


def _required(parameter: Any) -> str:
    return "required" if parameter.required else ""


def _default(option: Any) -> str:
    if option.required:
        return "required"
    value = option.default
    if value is True:
        return f"`{option.opts[0]}`"
    if value is None or value is False or not isinstance(value, str | int | float):
        return ""
    return f"`{getattr(value, 'value', value)}`"


def _help_of(parameter: Any) -> str:
    text = " ".join((getattr(parameter, "help", None) or "").split()).replace("|", "\\|")
    return f"{text} Variable: `{parameter.envvar}`." if parameter.envvar else text


def field_types(model: type[BaseModel]) -> dict[str, str]:
    """Return the types of a model's fields, as a page shows them."""
    schema = model.model_json_schema(mode="serialization")
    return {name: _type_of(each) for name, each in schema["properties"].items()}


def _type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name: str = schema["$ref"].rpartition("/")[2]
        return {"Verdict": "verdict", "Blob": "text", "JsonValue": "any JSON"}.get(name, f"`{name}`")
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_type_of, schema["anyOf"])))
    if "oneOf" in schema:
        return "`kind` and its fields"
    match schema.get("type"):
        case "array":
            return f"list of {_type_of(schema['items'])}"
        case "object":
            return f"object of {_type_of(schema['additionalProperties'])}"
        case "null":
            return "null"
        case str(name):
            return _TYPES[name]
        case _:
            return "any JSON"


def fields_table(name: str, before: str) -> str:
    """Make the table of a wire model's fields, each with the meaning that the page had for it."""
    meanings = dict(_FIELD_ROW.findall(before))
    rows = ["| field | type | meaning |", "|---|---|---|"]
    rows += [
        f"| `{field}` | {kind} | {meanings.get(field, '')} |"
        for field, kind in field_types(getattr(schema, name)).items()
    ]
    return "\n".join(rows) + "\n"


def problems_table() -> str:
    """Make the table of every error that a client can be sent, by status."""
    kinds = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.ApiError)]
    sent = [each for each in kinds if hasattr(each, "slug") and each is not errors.ClientGone]
    rows = ["| status | `type` | title |", "|---|---|---|"]
    rows += [
        f"| {each.status} | `/problems/{each.slug}` | {each.title} |"
        for each in sorted(sent, key=lambda each: each.status)
    ]
    return "\n".join(rows) + "\n"


def shapes_table() -> str:
    """Make the table of the shapes of data sets' rows, in the order in which they are tried."""
    rows = ["| shape | columns |", "|---|---|"]
    for shape in SHAPES:
        columns = ", ".join(f"`{name}`" for name in shape.columns or shape.optional)
        rows.append(f"| {shape.name} | {columns} |")
    return "\n".join(rows) + "\n"


def table(kind: str, name: str, before: str) -> str:
    """Make a table as it follows from the code; ``before`` is what the page has in its place."""
    if kind == "fields":
        return fields_table(name, before)
    if kind == "problems":
        return problems_table()
    if kind == "shapes":
        return shapes_table()
    return settings_table(name) if kind == "settings" else command_table(name)


def rewritten(text: str) -> str:
    """Return a page with its tables as they follow from the code."""

    def anew(found: re.Match[str]) -> str:
        kind, name, before = found.groups()
        return f"<!-- {kind}: {name} -->\n{table(kind, name, before)}<!-- /{kind} -->"

    return TABLE.sub(anew, text)


def page_fields() -> str:
    """Return the meanings of fields as the pages have them, as the file that /docs of a service reads."""
    lines = ["# Meanings of fields as the tables in docs/ have them; `python -m tests.docs.tables` writes this file."]
    for page in sorted(DOCS.rglob("*.md")):
        for kind, name, text in TABLE.findall(page.read_text()):
            if kind == "fields":
                lines += ["", f"[{name}]"]
                for field, meaning in _FIELD_ROW.findall(text):
                    plain = _LINK.sub(r"\1", meaning)
                    lines.append(f"{field} = {json.dumps(plain, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    for page in DOCS.rglob("*.md"):
        text = page.read_text()
        if (new := rewritten(text)) != text:
            page.write_text(new)
            print(f"wrote {page.relative_to(ROOT)}")
    PAGE_FIELDS.write_text(page_fields())


if __name__ == "__main__":
    main()
