"""C# as SandboxFusion takes it: the file of a ``dotnet new console`` project, with that project's implicit usings."""

from __future__ import annotations

import re

_USINGS = "".join(
    f"using {name}; "
    for name in (
        *("System", "System.IO", "System.Linq", "System.Collections.Generic"),
        *("System.Threading", "System.Threading.Tasks"),
    )
)
"""But System.Net.Http: programs have no network."""
_FIRST_LINES = re.compile(r"\ufeff?(?:[ \t]*(?://[^\n]*|#(?:define|undef|region|endregion)\b[^\n]*)?\r?\n)*")
"""Lines that may have to stand before all usings."""


def with_usings(code: str) -> str:
    """Return the program with the implicit usings. Its lines keep their numbers in what the compiler says."""
    match = _FIRST_LINES.match(code)
    end = match.end() if match else 0
    first, rest = code[:end], code[end:]
    return f"{first}{_USINGS}\n#line {first.count(chr(10)) + 1}\n{rest}"
