"""Configuration of a slot's zygote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

BOX = "/run/box"
"""Mount point of a program's scratch file system in the ``namespaces`` tier: one directory down, so that a Landlock
rule on the directory above holds for every file system that is mounted there later."""


@dataclass(frozen=True, slots=True)
class Config:
    """Plan of the jail. Descriptors are numbers inherited by the zygote.

    ``uid`` is what the program becomes, as seen inside (None: it stays what the zygote is). ``privileged``: the
    slot's owner is root and maps users from outside.
    ``native``: use the helper in C where there is one.
    ``only_executables``: programs are executables, never Python's.
    ``landlock``: restrict files by Landlock too. ``visible`` are the host's paths shown in the jail.
    """

    tier: str
    control: int
    requests: int
    groups: tuple[int, ...]
    uid: int | None
    privileged: bool
    landlock: bool
    native: bool
    visible: tuple[str, ...]
    box: str
    box_bytes: int
    box_inodes: int
    warm: tuple[str, ...]
    modules: dict[str, str]
    only_executables: bool

    def dump(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def load(cls, data: bytes) -> Config:
        fields: dict[str, Any] = json.loads(data)
        lists: dict[str, Any] = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
        return cls(**fields | lists)
