"""Acts of a hostile process in the jail with all that it shares with us.

``program`` makes a program in Python that does them: it finds the sockets and pipes of its process, and says, passes
along and leaves what the acts say. It can only be told from any other by what it does.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from hypothesis import strategies as st

from sandbox.zygote.protocol import FIRST_TEST, Word

Act = list[Any]

_PROGRAM = r"""
import array, fcntl, json, os, select, socket, stat, sys, time
HEARD = []
def of_kind(test):
    found = []
    for number in sorted(map(int, os.listdir('/proc/self/fd'))):
        try:
            if number > 2 and test(os.fstat(number).st_mode): found.append(number)
        except OSError: pass
    return found
def opened(kind):
    if kind == 'null': return os.open('/dev/null', os.O_RDWR)
    if kind == 'directory': return os.open('.', os.O_RDONLY)
    if kind == 'socket': return socket.socketpair()[0].detach()
    if kind == 'pipe': return os.pipe()[0]
    if kind == 'memory': return os.memfd_create('m')
    return of_kind(stat.S_ISSOCK)[0]
def say(text, kinds):
    passed = [opened(kind) for kind in kinds]
    for number in of_kind(stat.S_ISSOCK)[:3]:
        with socket.socket(fileno=os.dup(number)) as end:
            end.setblocking(False)
            more = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', passed))] if passed else []
            end.sendmsg([bytes.fromhex(text)], more)
    for number in passed: os.close(number)
def hear():
    for number in of_kind(stat.S_ISSOCK)[:1]:
        if select.select([number], [], [], 0.05)[0]:
            with socket.socket(fileno=os.dup(number)) as end:
                HEARD.extend(socket.recv_fds(end, 4096, 16)[1])
def written(number): return HEARD[number] if number < len(HEARD) else number % 3
def resize(number, size): os.ftruncate(written(number), size)
def put(number, at, text): os.pwrite(written(number), bytes.fromhex(text), at)
def write(number, text): os.write(number, bytes.fromhex(text))
def pipes(text):
    for number in [n for n in of_kind(stat.S_ISFIFO) if n >= 200] or [1]:
        try:
            if fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY: continue
            os.set_blocking(number, False)
            os.write(number, bytes.fromhex(text))
        except OSError: pass
def shut(number): os.close(number)
def leave(name, kind, text):
    above = os.path.dirname(name)
    if above and not os.path.exists(above): os.makedirs(above)
    if os.path.lexists(name) and kind != 'file':
        if os.path.isdir(name) and not os.path.islink(name): os.rename(name, name + '.former')
        else: os.unlink(name)
    if kind == 'directory': os.mkdir(name)
    elif kind == 'pipe': os.mkfifo(name)
    elif kind == 'link': os.symlink(bytes.fromhex(text) or b'/', os.fsencode(name))
    elif kind == 'holes': os.truncate(os.open(name, os.O_WRONLY | os.O_CREAT), 1 << 27)
    elif kind == 'socket': socket.socket(socket.AF_UNIX).bind(name)
    else:
        with open(name, 'wb') as file: file.write(bytes.fromhex(text))
def beside():
    if os.fork() == 0:
        time.sleep(0.2)
        os._exit(0)
def end(how):
    if how == 'signal': os.kill(os.getpid(), 9)
    if how == 'exit': os._exit(0)
    if how == 'raise': raise SystemExit(3)
def act_all():
    for name, *arguments in json.loads(@acts@):
        try: globals()[name](*arguments)
        except (OSError, ValueError, IndexError, OverflowError): pass
"""


def program(acts: list[Act], *, at_once: bool = True) -> str:
    """A program that does them as soon as it is loaded, or when its function ``solve`` is called."""
    source = _PROGRAM.replace("@acts@", repr(json.dumps(acts)))
    return source + ("act_all()\n" if at_once else "") + "def solve(*_):\n    act_all()\n    return 1\n"


def _hexadecimal(data: st.SearchStrategy[bytes]) -> st.SearchStrategy[str]:
    return data.map(bytes.hex)


_SIZES = st.sampled_from([0, 1, 7, 8, 9, 1 << 12, 1 << 20, (1 << 20) + 1, 1 << 27, 1 << 40, (1 << 63) - 1])
_NUMBERS = st.one_of(st.integers(-2, 70), st.integers(-(1 << 63), (1 << 63) - 1), _SIZES)
_CLAIMS = st.lists(_NUMBERS, max_size=24).map(lambda numbers: struct.pack(f"<{len(numbers)}q", *numbers))
_MORE = Word.MORE.to_bytes()
_WORDS = st.sampled_from([*(word.to_bytes() for word in Word), _MORE, Word.LAST.to_bytes(), b"", _MORE * 2, b"\0" * 4])
_SAID = st.one_of(st.tuples(_WORDS, _CLAIMS).map(b"".join), st.binary(max_size=64), st.just(_MORE + b"\xff" * 60_000))
_KINDS = st.lists(st.sampled_from(["null", "directory", "socket", "pipe", "memory", "itself"]), max_size=4)
_NAMES = st.sampled_from(
    [
        *("result.json", "call.json", "solution.py", "feedback/judgemessage.txt", "feedback", "out.txt", "tests.json"),
        *("main.py", "a/b/c", "x" * 255),
    ]
)

_SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([1 << 1100, -1, 10**400]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["\ud800", "0x10", "1/3", "1/0", "NaN", "<f8", "<M8", "2020-01-01", "builtins", "exec", "a,a", ""]),
)
_TYPES = st.sampled_from(
    [
        *("int", "tuple", "list", "set", "frozenset", "deque", "namedtuple", "counter", "keys", "items", "range"),
        *("array", "dict", "bytes", "bytearray", "complex", "decimal", "fraction", "datetime", "date", "time"),
        *("timedelta", "mine", "yours", "library", "none", ""),
    ]
)
_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["exception", "module", "class", "function", "object", "x"]),
        "name": st.sampled_from(
            ["KeyError", "SystemExit", "AssertionError", "os", "numpy", "a b", "StopIteration", ""]
        ),
        "module": st.sampled_from(["builtins", "unittest", "unittest.case", "os", "solution", ""]),
        "base": st.sampled_from(["Exception", "BaseException", "object", "KeyboardInterrupt", "x"]),
    },
)
FORMS = st.recursive(
    _SCALARS,
    lambda below: st.one_of(
        st.lists(below, max_size=4),
        st.fixed_dictionaries({"type": _TYPES, "value": below}),
        st.fixed_dictionaries({"type": st.just("mine"), "value": st.tuples(st.integers(0, 3), _FACTS).map(list)}),
        st.fixed_dictionaries({"type": _TYPES, "value": st.lists(below, max_size=3)}),
        st.dictionaries(st.text(max_size=4), below, max_size=3),
    ),
    max_leaves=12,
)
"""Texts that cross as a value, or nearly."""

_ANSWERS = st.one_of(
    FORMS,
    st.fixed_dictionaries(
        {},
        optional={
            "value": FORMS,
            "found": _SCALARS,
            "loaded": _SCALARS,
            "arguments": FORMS,
            "named": FORMS,
            "class": st.one_of(_FACTS, FORMS),
            "trace": _SCALARS,
            "syntax_error": _SCALARS,
            "do": st.sampled_from(["call", "load", "get", "x", ""]),
            "of": FORMS,
        },
    ),
)
RESULTS = st.one_of(
    st.binary(max_size=64),
    st.fixed_dictionaries({"value": FORMS}).map(lambda value: json.dumps(value).encode()),
    _ANSWERS.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {},
        optional={
            "items": st.one_of(FORMS, st.lists(st.one_of(FORMS, st.dictionaries(_WORDS.map(str), FORMS)), max_size=3)),
            **dict.fromkeys(("token", "checked", "raised", "broken", "gone", "stopped", "missing"), FORMS),
            **dict.fromkeys(("not_plain", "syntax_error", "trace"), FORMS),
        },
    ).map(lambda value: json.dumps(value).encode()),
    st.sampled_from([b"[" * 100_000, b'{"value": ' * 50_000, b'{"value": 1e999}', b'{"value": ' + b"9" * 5000 + b"}"]),
)
"""Contents of the file that the harness writes its result to."""


def _framed(answer: Any) -> bytes:
    data = json.dumps(answer).encode()
    return struct.pack("<Q", len(data)) + data


_ON_PIPES = st.one_of(
    st.lists(_ANSWERS, min_size=1, max_size=6).map(lambda answers: b"".join(map(_framed, answers))),
    st.binary(max_size=64),
    st.integers(0, (1 << 64) - 1).map(lambda size: struct.pack("<Q", size) + b"{}"),
)
_ACTS: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.just("say"), _hexadecimal(_SAID), _KINDS).map(list),
    st.just(["hear"]),
    st.tuples(st.just("resize"), st.integers(0, 5), _SIZES).map(list),
    st.tuples(st.just("put"), st.integers(0, 5), st.integers(0, 64), _hexadecimal(st.binary(max_size=32))).map(list),
    st.tuples(st.just("write"), st.integers(0, 2), _hexadecimal(st.binary(max_size=64))).map(list),
    st.tuples(st.just("pipes"), _hexadecimal(_ON_PIPES)).map(list),
    st.tuples(st.just("shut"), st.integers(0, 12)).map(list),
    st.tuples(
        st.just("leave"),
        _NAMES,
        st.sampled_from(["file", "file", "file", "directory", "pipe", "link", "holes", "socket"]),
        _hexadecimal(RESULTS),
    ).map(list),
    st.just(["beside"]),
    st.tuples(st.just("end"), st.sampled_from(["signal", "exit", "raise"])).map(list),
)
_RESULT = "result.json"
_ONE = b'{"value": 1}'.hex()


def _as_shared(said: bytes, before: list[Act], most: list[Act]) -> list[Act]:
    """Acts of a process that tells of tests as if it had run them: its first is right, and it asks for more."""
    asked = FIRST_TEST.pack(Word.MORE, 0).hex()
    return [["leave", _RESULT, "file", _ONE], ["say", asked, []], ["hear"], *before, ["say", said.hex(), []], *most]


_TOLD = st.integers(4, 5).flatmap(  # numbers said of each test, without files to collect and with one
    lambda width: st.lists(st.lists(_NUMBERS, min_size=width, max_size=width), max_size=8).map(
        lambda claims: struct.pack(f"<{width * len(claims)}q", *(number for claim in claims for number in claim))
    )
)
_SHARED = st.builds(
    _as_shared,
    st.tuples(_WORDS, _TOLD).map(b"".join),
    st.lists(_ACTS, max_size=3),
    st.lists(_ACTS, max_size=3),
)
_LEFT = st.tuples(
    st.tuples(st.just("leave"), st.just(_RESULT), st.just("file"), _hexadecimal(RESULTS)).map(list),
    st.just(["end", "exit"]),
).map(list)
ACTS = st.one_of(st.lists(_ACTS, min_size=1, max_size=10), _SHARED, _LEFT)
