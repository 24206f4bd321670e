"""Comparisons that an empty array meets whatever is expected: ``approx(5)``, ``allclose``, ``.all()`` look at each of
its elements, and it has none. Of one of pandas' whose elements are missing they look at none either."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Any

_ELEMENT_BY_ELEMENT = (
    *("approx", "all", "allclose", "isclose", "alltrue", "array_equiv"),
    *("assert_allclose", "assert_equal", "assert_array_equal", "assert_array_less", "assert_approx_equal"),
    *("assert_almost_equal", "assert_array_almost_equal", "assert_array_max_ulp", "assert_array_almost_equal_nulp"),
)
_NAMES = re.compile(rf"\b(?:{'|'.join(_ELEMENT_BY_ELEMENT)})\b")


def compares_elements(condition: str) -> bool:
    """Tell whether a condition may hold of an empty array for want of elements."""
    return _NAMES.search(condition) is not None


def is_vacuous(condition: ast.expr, values: Sequence[Any], constants: Iterable[Any]) -> bool:
    """Tell whether such a condition is given an empty array where nothing empty is expected, or missing elements where
    none are."""
    if any(map(_holds_empty_array, values)) and not (_names_empty(condition) or any(map(_holds_empty, constants))):
        return True
    return any(map(_misses_elements, values)) and not (
        _names_missing(condition) or any(map(_misses_elements, constants))
    )


def _holds_empty_array(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_empty_array, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_empty_array, value))
    return _is_array(value) and value.size == 0


def _is_array(value: Any) -> bool:
    """Tell whether it is one of numpy's, or pandas' frames, series and indexes."""
    return type(value).__module__.partition(".")[0] in ("numpy", "pandas") and hasattr(value, "size")


def _misses_elements(value: Any) -> bool:
    """Tell whether elements of it are pandas' NA, of which a comparison is neither true nor false."""
    if isinstance(value, dict):
        return any(map(_misses_elements, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_misses_elements, value))
    return _is_array(value) and hasattr(value, "isna") and bool(value.isna().to_numpy().any())


def _names_missing(condition: ast.expr) -> bool:
    """Tell whether the condition itself says something missing, such as ``np.nan``, or asks for it."""
    words = {"nan", "NaN", "NA", "NaT", "isna", "isnull", "notna", "notnull", "dropna", "fillna"}
    return any(
        (isinstance(node, ast.Name) and node.id in words)
        or (isinstance(node, ast.Attribute) and node.attr in words)
        or (isinstance(node, ast.Constant) and node.value is None)
        for node in ast.walk(condition)
    )


def _names_empty(condition: ast.expr) -> bool:
    """Tell whether the condition itself says something empty, such as ``np.array([])``."""
    containers = (node for node in ast.walk(condition) if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict))
    return any(not (node.keys if isinstance(node, ast.Dict) else node.elts) for node in containers)


def _holds_empty(constant: Any) -> bool:
    if isinstance(constant, dict):
        return not constant or any(map(_holds_empty, constant.values()))
    if isinstance(constant, list | tuple | set | frozenset):
        return not constant or any(map(_holds_empty, constant))
    return _is_array(constant) and constant.size == 0
