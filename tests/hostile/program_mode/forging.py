# What cheats with the header "with: forging" find in front of them; runs inside the jail only.
# ruff: noqa
import json
import os
import sys

PASSED = "passed"


def line(record):
    """A record as the recorder writes it."""
    return record if isinstance(record, bytes) else json.dumps(record).encode()


def files():
    """Files of the working directory, and those behind descriptors, that may be the recorder's."""
    found = [name for name in os.listdir(".") if "record" in name or name.endswith((".json", ".jsonl"))]
    for number in os.listdir("/proc/self/fd"):
        path = f"/proc/self/fd/{number}"
        try:
            if int(number) > 2 and "record" in os.readlink(path):
                found.append(path)
        except OSError:
            continue
    return found


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError:
        return b""


def write(path, data, flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC):
    try:
        descriptor = os.open(path, flags, 0o666)
        os.write(descriptor, data)
        os.close(descriptor)
    except OSError:
        pass


def append(path, data):
    write(path, data, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def say(*records, descriptors=True, paths=None):
    """Write records into every file and descriptor that may be the recorder's."""
    data = b"".join(line(record) + b"\n" for record in records)
    for path in {"records", *(files() if paths is None else paths)}:
        append(path, data)
    for number in range(3, 260) if descriptors else ():
        try:
            os.set_blocking(number, False)
            os.write(number, data)
        except OSError:
            pass


def sites(*values, numbers=range(64), tokens=((),)):
    """A record of each site with these values."""
    return [["site", number, list(values), list(row)] for number in numbers for row in tokens]


def outcomes(names=None, outcome=PASSED):
    """A record of each test; names as neutral ones may be."""
    names = names or [
        f"{stem}{number}" for stem in ("test_", "test", "t", "Tests.test_", "T.test_") for number in range(24)
    ]
    return [["test", name, outcome, ""] for name in names]


def end(**fields):
    """The record with which the runner ends."""
    said = {"ok": True, "ran": 1, "collected": [], "error": None, "trace": "", "exit_in_submission": False, "leaks": []}
    return [["end", {**said, **fields}]]


def leave(*records):
    """Write the last records and end the process well."""
    say(*records)
    os._exit(0)
