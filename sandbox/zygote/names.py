"""Content of builtins, ``sys`` and ``sys.modules`` before the first test of a process, put back if a test changed it.

The helper in C looks for changes after each test (``names.c``); only where it finds one does it call this.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable
from typing import Any

from sandbox.zygote.protocol import NAMES_SET_ANEW


class NameRestorer:
    """The three dictionaries; ``read_before`` returns copies of them as they were before the first test."""

    def __init__(
        self, read_before: Callable[[], tuple[dict[str, Any], ...]], keep_modules: Callable[[], object]
    ) -> None:
        self._read_before, self._keep_modules = read_before, keep_modules
        self._dictionaries: tuple[dict[str, Any], ...] = ()

    def restored(self) -> bool:
        """Put them back, as far as they can be."""
        try:
            if not self._dictionaries:
                self._dictionaries = self._read_before()
            of_builtins, of_sys, modules = self._dictionaries
            _restore(vars(builtins), of_builtins)
            of_sys.update({name: vars(sys)[name] for name in NAMES_SET_ANEW})
            _restore(vars(sys), of_sys)
            self._restore_modules(modules)
        except Exception:
            return False
        return True

    def _restore_modules(self, before: dict[str, types.ModuleType]) -> None:
        """Modules that were imported stay, as they would be found again; those that the program made go."""
        modules = sys.modules
        before["__main__"] = modules["__main__"]  # the next test has its own
        if modules == before:
            return
        for name in modules.keys() - before.keys():
            if getattr(modules[name], "__spec__", None) is None:
                del modules[name]
            else:
                before[name] = modules[name]
        _restore(modules, before)
        self._keep_modules()


def _restore(names: dict[str, Any], before: dict[str, Any]) -> None:
    """Make ``names`` what they were."""
    if names == before:
        return
    for name in names.keys() - before.keys():
        del names[name]
    for name, value in before.items():
        if names.get(name) is not value:
            names[name] = value
