"""Namespaces (namespaces(7)) and the mapping of users into them."""

from __future__ import annotations

from pathlib import Path

from sandbox.kernel.libc import call

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

EVERYTHING_BUT_USERS = NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWPID | NEWNET


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``flags``; a new pid namespace is entered by the next child.

    Raises:
        OSError: EPERM where the host does not grant it.
    """
    call("unshare", flags)


def map_users(pid: int | str, *, inside: tuple[int, ...], outside: tuple[int, ...]) -> None:
    """Let the ids ``inside`` a process's user namespace stand for those ``outside``, users and groups alike.

    Raises:
        OSError: EPERM when more than the caller's own id is mapped without CAP_SETUID outside.
    """
    lines = "".join(f"{a} {b} 1\n" for a, b in zip(inside, outside, strict=True))
    Path(f"/proc/{pid}/uid_map").write_text(lines)
    Path(f"/proc/{pid}/gid_map").write_text(lines)


def forbid_setgroups(pid: int | str) -> None:
    """Do what the kernel demands before an unprivileged gid_map (user_namespaces(7))."""
    Path(f"/proc/{pid}/setgroups").write_text("deny")


_SWITCHES = {
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "Ubuntu's AppArmor keeps user namespaces from plain programs: allow them for this interpreter by an AppArmor "
        "profile with `userns,`, or for all by `sysctl kernel.apparmor_restrict_unprivileged_userns=0`",
    ),
    "kernel/unprivileged_userns_clone": (
        "0",
        "Debian's switch keeps user namespaces from plain users: `sysctl kernel.unprivileged_userns_clone=1`",
    ),
    "user/max_user_namespaces": ("0", "no user namespace may be made: `sysctl user.max_user_namespaces=10000`"),
}
_IN_CONTAINER = (
    "in a container this is what its default seccomp profile refuses; the landlock tier is made for that, or give the "
    "container a profile that allows unshare, mount and pivot_root"
)


def advice() -> str:
    """Tell what keeps namespaces from us, as far as the host shows it, and how to get them. May be empty."""
    for switch, (refusing, advice_text) in _SWITCHES.items():
        path = Path("/proc/sys", switch)
        if path.exists() and path.read_text().strip() == refusing:
            return advice_text
    inside = Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
    return _IN_CONTAINER if inside else ""
