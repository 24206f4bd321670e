"""Forms of values: JSON that says what a value is, type by type, and from which an equal value is made again.

What JSON has is its own form (``None``, bool, str, int, float, list). Anything else is an object of one key, the name
of its type: ``{"tuple": [1, 2]}``. An instance of a subclass counts as an instance of the plain type unless it
overrides what a comparison would use; then, as any other object, it is ``own``, and of it only its truth crosses.

``encode`` runs beside a submission. It tells types by ``type`` and reads by the plain type's own methods, so that it
calls nothing that a submission defines, but ``bool`` where the truth is asked for. ``decode`` runs where nothing of the
submission's is: it takes any JSON, and makes instances of library types only.
"""

from __future__ import annotations

from typing import Any

from evaluator.forms import libraries, stdlib
from evaluator.forms.registry import (
    MAX_DEPTH,
    BadForm,
    CustomEquality,
    Encoder,
    Form,
    Opaque,
    Raised,
    TooLarge,
    class_name,
    decode_form,
    mro,
    own_form,
    register_imported,
)  # fmt: skip

__all__ = ["BadForm", "CustomEquality", "Form", "Opaque", "Raised", "decode", "encode", "raised", "register_imported"]

stdlib.register_types()
libraries.register_types()


def encode(value: Any, *, truth: bool = False) -> Form:
    """Return the form of any value; with ``truth``, that of an object says whether it is true."""
    try:
        form = Encoder().form(value, 0)
    except TooLarge:
        return {"large": type(value).__name__}
    except Exception:  # a library's type that the submission has patched, or made inconsistent
        form = own_form(value)
    if truth and type(form) is dict and ("own" in form or "object" in form):
        (name,) = form
        form[name][1] = _truth(value)
    return form


def _truth(value: Any) -> bool | None:
    try:
        return bool(value)
    except Exception:
        return None


def decode(form: Form) -> Any:
    """Return the value of a form, which may be any JSON.

    Raises:
        BadForm: it is no form.
    """
    try:
        return decode_form(form)
    except BadForm:
        raise
    except RecursionError:
        raise BadForm("the value nests too deeply") from None
    except Exception as error:
        raise BadForm(f"the form of a value means nothing: {type(error).__name__}") from None


def raised(error: BaseException) -> Form:
    """Return the form of what stands for an expression that raised."""
    return {"raised": [str(class_name(kind)) for kind in mro(type(error))[:MAX_DEPTH]]}
