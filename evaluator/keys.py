"""API keys, by a file of their hashes that an operator may edit by hand."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from evaluator.schema.jsontext import wrong_fields

_PREFIX = "mc_"
"""The beginning of every key, by which people and secret scanners recognise it."""
_RANDOM_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


class KeysUnusable(Exception):
    """The keys file cannot be read, or a key cannot be added; the message says why and what to do."""


class Key(BaseModel):
    """A key's entry in the file: its hash and its quota.

    The hash is a plain SHA-256. Slow hashes such as Argon2 are for secrets that can be guessed. 256 random bits cannot
    be, and a slow hash would cost every request as much as it costs an attacker.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    rate: Annotated[float | None, Field(gt=0)] = None
    """Submissions per second, on average; None: without a limit."""
    concurrent: Annotated[int | None, Field(ge=1)] = None
    """Submissions that wait or run at once, at most; None: without a limit."""
    admin: bool = False
    """The holder may ask for what concerns all holders, such as ``/metrics``."""


SYSTEM_FILE = Path("/etc/microcoder/keys.toml")
_KEYS = TypeAdapter(dict[str, Key])


def default_file() -> Path:
    """Return the file of keys where no other is named: the system's for root, else one of the user's own."""
    if os.geteuid() == 0:
        return SYSTEM_FILE
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "microcoder" / "keys.toml"


def hashed(secret: str) -> str:
    """Return the hash of a key, as the file has it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read(path: Path) -> dict[str, Key]:
    """Read the keys of a file, by their holders' names.

    Raises:
        KeysUnusable: the file cannot be read as keys.
    """
    try:
        keys = _KEYS.validate_python(tomllib.loads(path.read_text()))
    except OSError as error:
        raise KeysUnusable(
            f"{path}: {error.strerror}; `microcoder keys new NAME --file {path}` makes one; without "
            "MICROCODER_KEYS_FILE nobody is asked for a key"
        ) from error
    except ValidationError as error:
        raise KeysUnusable(f"{path}: {wrong_fields(error)[0]}") from error
    except ValueError as error:  # neither UTF-8 nor TOML
        raise KeysUnusable(f"{path}: {error}") from error
    if bad := next((name for name in keys if not _NAME.fullmatch(name)), None):
        raise KeysUnusable(f"{path}: {_name_rule(bad)}")
    return keys


def add(path: Path, name: str, *, rate: float | None = None, concurrent: int | None = None, admin: bool = False) -> str:
    """Make a key, append its hash to the file and return the key. A new file is readable by its owner alone. The rest
    of the file is not touched, so it may be edited by hand; and the file is not replaced, so it may be a mount.

    Raises:
        KeysUnusable: the file is no file of keys, or has this name already.
        OSError: it cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise KeysUnusable(_name_rule(name))
    secret = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    lines = [f"[{name}]", f'sha256 = "{hashed(secret)}"']
    lines += [
        f"{field} = {value}" for field, value in (("rate", rate), ("concurrent", concurrent)) if value is not None
    ]
    lines += ["admin = true"] * admin
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with open(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if name in read(path):
            raise KeysUnusable(
                f"{path}: {name!r} has a key already; `microcoder keys revoke {name}` ends it, or choose another name"
            )
        before = os.fstat(descriptor).st_size
        file.write(("\n" * (before > 0) + "\n".join(lines) + "\n").encode())
    return secret


def revoke(path: Path, name: str) -> None:
    """Take a key out of the file. The rest stays as it was written, and the file is not replaced, so it may be a mount.

    Raises:
        KeysUnusable: the file is no file of keys, has no key of this name, or not in a table of its own.
        OSError: it cannot be written.
    """
    known = read(path)
    if name not in known:
        raise KeysUnusable(f"{path}: no key of {name!r}; there are {', '.join(known) or 'none'}")
    with open(path, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        rest = _without_table(file.read().decode(), name)
        if _KEYS.validate_python(tomllib.loads(rest)) != {each: key for each, key in known.items() if each != name}:
            raise KeysUnusable(f"{path}: {name!r} has no table [{name}] of its own: delete it by hand")
        file.seek(0)
        file.write(rest.encode())
        file.truncate()


def _without_table(text: str, name: str) -> str:
    """Return the text without the lines of a table, up to the next one or a comment that stands before that."""
    head = re.compile(rf"\s*\[\s*[\"']?{re.escape(name)}[\"']?\s*\]")
    rest: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        inside = bool(head.match(line)) or (inside and not line.lstrip().startswith(("[", "#")))
        if not inside:
            rest.append(line)
    return "".join(rest)


class Keys:
    """The keys of a file, reloaded when it changes: a key that is added or deleted counts from the next request on."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            KeysUnusable: it cannot be read as keys.
        """
        self._path = path
        self._seen = self._state()
        self._holders = _by_hash(read(path))

    def reload(self) -> None:
        """Read the file again if it has changed. If it cannot be read, the keys from before stay valid.

        Raises:
            KeysUnusable: it cannot be read as keys. Raised once for each change of the file.
        """
        state = self._state()
        if state == self._seen:
            return
        self._seen = state
        self._holders = _by_hash(read(self._path))

    def holder(self, secret: str) -> tuple[str, Key] | None:
        """Return the holder's name and the entry of a key, or None if it is unknown. The lookup needs no constant time:
        its duration tells only about the hash of a guess, and not about any key."""
        return self._holders.get(hashed(secret))

    def _state(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def _by_hash(keys: Mapping[str, Key]) -> dict[str, tuple[str, Key]]:
    return {key.sha256: (name, key) for name, key in keys.items()}


def _name_rule(name: str) -> str:
    return f"{name[:80]!r} cannot name a key: use up to 64 of A-Z, a-z, 0-9, _ and -, starting with a letter or digit"
