# What the searchers find in front of them; runs inside the jail only. A searcher defines ``places``, which yields texts,
# bytes and objects; what looks like an expected value there is returned to the test, and printed.
# ruff: noqa
import os
import re

NUMBER = re.compile(rb"(?<!\d)9\d{11}(?!\d)")
WORD = re.compile(rb"zq[a-z]{22}")
FOUND = {"number": set(), "word": set()}


def look(value):
    if type(value) is int and 9 * 10**11 <= value < 10**12:
        FOUND["number"].add(value)
    data = value.encode("utf-8", "replace") if type(value) is str else value
    if isinstance(data, (bytes, bytearray, memoryview)):
        FOUND["number"].update(map(int, NUMBER.findall(data)))
        FOUND["word"].update(word.decode() for word in WORD.findall(data))


def walk(code):
    for value in code.co_consts:
        yield from walk(value) if hasattr(value, "co_consts") else [value]


def ranges(process):
    try:
        with open(f"/proc/{process}/maps") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        span, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights[0] == "r" and name[:1] not in (["[vvar]"], ["[vsyscall]"], ["[vvar_vclock]"]):
            begin, stop = (int(part, 16) for part in span.split("-"))
            yield begin, stop


def pages(process):
    try:
        file = open(f"/proc/{process}/mem", "rb", buffering=0)
    except OSError:
        return
    with file:
        for begin, stop in ranges(process):
            for at in range(begin, min(stop, begin + (64 << 20)), 16 << 20):
                try:
                    yield os.pread(file.fileno(), min(16 << 20, stop - at), at)
                except (OSError, OverflowError):
                    break


def remote_pages(process):
    import ctypes

    class Span(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]

    libc = ctypes.CDLL(None)
    for begin, stop in [*ranges(process), *ranges("self")]:
        size = min(stop - begin, 16 << 20)
        buffer = ctypes.create_string_buffer(size)
        here, there = Span(ctypes.addressof(buffer), size), Span(begin, size)
        if libc.process_vm_readv(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
            yield buffer.raw


def names_in(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def contents(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 1 << 20)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def tree(*tops):
    for top in tops:
        for folder, below, names in os.walk(top):
            if folder.count("/") > 6:
                below.clear()
            for name in names:
                yield contents(os.path.join(folder, name))


def answer(kind, n):
    for value in places():
        try:
            look(value)
        except Exception:
            pass
    for kind_of in ("number", "word"):
        print(kind_of, *FOUND[kind_of], flush=True)
    return next(iter(FOUND[kind]), None)
