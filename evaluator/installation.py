"""The place that this package was installed from: a hint on its extras says a command that works without an index."""

from __future__ import annotations

import json
import shlex
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

PACKAGE = "microcoder-evaluator"


def install_command(extras: str) -> str:
    """Return the command that installs extras, such as ``server,mcp``, from where this package came."""
    return f"pip install {requirement(extras, _origin())}"


def requirement(extras: str, origin: dict[str, Any] | None) -> str:
    """Return what pip is to be told, quoted for a shell.

    Args:
        origin: the record that pip keeps of a direct install (PEP 610); None where the package came from an index, or
            from a folder of files.
    """
    name = f"{PACKAGE}[{extras}]"
    if origin is None:
        return shlex.quote(name)
    url = str(origin["url"])
    if "dir_info" in origin:
        folder = unquote(urlsplit(url).path)
        editable = "--editable " if origin["dir_info"].get("editable") else ""
        return editable + shlex.quote(f"{folder}[{extras}]")
    if "vcs_info" in origin:
        commit = origin["vcs_info"]["commit_id"]
        return shlex.quote(f"{name} @ {origin['vcs_info']['vcs']}+{url}@{commit}")
    return shlex.quote(f"{name} @ {url}")


def _origin() -> dict[str, Any] | None:
    """Return the record of a direct install, unless what it names is gone: a checkout may have been a passing one."""
    try:
        text = distribution(PACKAGE).read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    record: dict[str, Any] | None = json.loads(text) if text else None
    if record is None:
        return None
    parts = urlsplit(record["url"])
    is_gone = parts.scheme == "file" and not Path(unquote(parts.path)).exists()
    return None if is_gone else record
