"""Survey of a host: each mechanism and each tier, tried."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sandbox.execution import SlotFailed
from sandbox.isolation import Tier, spare_uid
from sandbox.kernel import cgroups, landlock, namespaces, seccomp
from sandbox.runtime import Runtime
from sandbox.slot import Slot

_NAMESPACES = {
    "user namespace": namespaces.NEWUSER,
    "mount namespace": namespaces.NEWNS,
    "pid namespace": namespaces.NEWPID,
    "network namespace": namespaces.NEWNET,
    "ipc namespace": namespaces.NEWIPC,
    "uts namespace": namespaces.NEWUTS,
    "cgroup namespace": namespaces.NEWCGROUP,
}
_WITHOUT_HELPER = (
    "without the helper in C, which was not built or not for this interpreter: Python programs start slower"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One mechanism or tier. ``detail`` is what refused it, or what is worth knowing of it."""

    name: str
    works: bool
    detail: str = ""

    @classmethod
    def of(cls, name: str, refused: str | None, detail: str = "") -> Finding:
        return cls(name, refused is None, detail if refused is None else refused)


def mechanisms() -> tuple[Finding, ...]:
    """Each mechanism of the kernel by itself, tried in a process of its own."""
    root = os.geteuid() == 0
    # A plain user gets the other namespaces through a user namespace of its own.
    extra = 0 if root else namespaces.NEWUSER
    tried = [
        Finding.of(name, _refusal(partial(namespaces.unshare, flag | extra))) for name, flag in _NAMESPACES.items()
    ]
    level = landlock.abi()
    return (
        *tried,
        *(Finding.of(name, refused) for name, refused in cgroups.refusals().items()),
        Finding("seccomp", seccomp.available()),
        Finding("landlock", level > 0, f"level {level}" if level else "not in the kernel, or not in its lsm= list"),
        Finding.of("spare user ids", _refusal(_become_spare_user), "programs run as users that nobody else is"),
    )


def tiers(runtime: Runtime) -> tuple[Finding, ...]:
    """Each tier, by running a program in it."""
    return tuple(_tier(tier, runtime) for tier in Tier)


def _tier(tier: Tier, runtime: Runtime) -> Finding:
    try:
        slot = Slot(tier, runtime)
    except SlotFailed as error:
        return Finding(tier.value, works=False, detail=str(error))
    slot.close()
    return Finding(tier.value, works=True, detail="" if slot.native else _WITHOUT_HELPER)


def _become_spare_user() -> None:
    with spare_uid() as uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _refusal(attempt: Callable[[], object]) -> str | None:
    """Try something in a child; None when it worked, else what the kernel said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        message = b""
        try:
            attempt()
        except OSError as error:
            message = str(error).encode()
        os.write(writing, message)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        message = answer.read()
    os.waitpid(child, 0)
    return message.decode() or None
