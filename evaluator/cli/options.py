"""Options that several commands have, said once."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any, get_type_hints


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """Spread out the parameters of a command that are data classes: each field becomes an option of its own."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if dataclasses.is_dataclass(kind)}
    signature = inspect.signature(command)
    parameters = [
        parameter.replace(annotation=hints[name])
        for name, parameter in signature.parameters.items()
        if name not in groups
    ]
    fields = {name: get_type_hints(kind, include_extras=True) for name, kind in groups.items()}
    for name, kind in groups.items():
        parameters += [
            inspect.Parameter(
                field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=fields[name][field.name]
            )
            for field in dataclasses.fields(kind)
        ]

    @functools.wraps(command)
    def spread(**values: Any) -> None:
        instances = {
            name: kind(**{field: values.pop(field) for field in fields[name]}) for name, kind in groups.items()
        }
        command(**values, **instances)

    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    spread.__signature__ = signature.replace(parameters=keyword)  # type: ignore[attr-defined]
    spread.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword}
    return spread
