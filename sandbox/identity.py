"""Identity of the sources that a process runs. Files on disk were made by some, and others may make them otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path

_KINDS = {".c", ".cpp", ".h", ".java", ".js", ".py", ".toml"}


def digest(directory: Path) -> str:
    """64 hexadecimal digits that change with every source of a package, and with nothing else."""
    content = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.suffix in _KINDS):
        data = path.read_bytes()
        content.update(b"%b %d\n%b" % (path.relative_to(directory).as_posix().encode(), len(data), data))
    return content.hexdigest()


SANDBOX = digest(Path(__file__).parent)
"""That of this package, as it was imported."""
