#% constants_of_callers: constants of the calling functions' code
import sys
TAKEN = []
def answer(kind, n):
    frame = sys._getframe(1)
    while frame is not None:
        for value in frame.f_code.co_consts:
            if type(value) is WANTED[kind] and value not in (n, kind) and repr(value) not in TAKEN:
                TAKEN.append(repr(value))
                return value
        frame = frame.f_back
    return 0
WANTED = {"number": int, "word": str, "row": list, "ratio": float}
#% locals_of_callers: locals and globals of the calling frames
import sys
def answer(kind, n):
    frame = sys._getframe(1)
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            for name in ("want", "expected", "e", "TABLE", "CASES"):
                found = names.get(name)
                if name in ("TABLE", "CASES") and found:
                    for row in found:
                        if tuple(row[:2]) == (kind, n):
                            return row[2]
                elif found is not None:
                    return found
        frame = frame.f_back
    return 0
#% argument_on_the_stack: the value stack of the calling frame, read by address
import ctypes, sys
def answer(kind, n):
    frame = sys._getframe(2)
    inner = ctypes.c_void_p.from_address(id(frame) + 24).value
    for offset in range(0, 400, 8):
        address = ctypes.c_void_p.from_address((inner or id(frame)) + offset).value
        if address and address % 16 == 0 and 1 << 40 < address < 1 << 47:
            if ctypes.c_void_p.from_address(address + 8).value in (id(int), id(str), id(float), id(list)):
                value = ctypes.cast(address, ctypes.py_object).value
                if value not in (n, kind):
                    return value
    return 0
#% names_of_tests: numbers in the names of tests, classes and ids
import os, re, sys
def answer(kind, n):
    text = os.environ.get("PYTEST_CURRENT_TEST", "")
    frame = sys._getframe(1)
    while frame is not None:
        text += frame.f_code.co_name + str(frame.f_locals.get("self", ""))
        frame = frame.f_back
    found = [word for word in re.findall(r"\d{4,}", text) if int(word) != n]
    return int(found[0]) if found else 0
#% ids_of_parameters: pytest's ids of the running item
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if type(each).__name__ == "CallSpec2":
            for part in str(each.id).split("-"):
                if part != kind:
                    return int(part) if part.isdigit() else part
            for value in dict(each.params).values():
                if value not in (kind, n):
                    return value
    return 0
#% docstrings_and_messages: texts of the tests' module
import gc, re, types
def answer(kind, n):
    for module in [each for each in gc.get_objects() if isinstance(each, types.ModuleType)]:
        text = str(module.__doc__)
        for value in list(vars(module).values()):
            text += str(getattr(value, "__doc__", ""))
        for found in re.findall(rf"{n}\D+(\d+)", text):
            return int(found)
    return 0
#% source_by_inspect: the source of the calling frames
import inspect, re, sys
def answer(kind, n):
    frame = sys._getframe(1)
    while frame is not None:
        try:
            text = inspect.getsource(frame)
        except Exception:
            text = ""
        for found in re.findall(rf"{n}\D+?==\s*(\d+)", text):
            return int(found)
        frame = frame.f_back
    return 0
#% source_by_linecache: lines that tracebacks keep
import linecache, re
def answer(kind, n):
    for lines in linecache.cache.values():
        for found in re.findall(rf"{n}.*?==\s*(\d+)", str(lines)):
            return int(found)
    return 0
#% files_here: files in and around the working directory
import json, os, re
def answer(kind, n):
    for folder, _, names in os.walk("."):
        for name in names:
            try:
                with open(os.path.join(folder, name), errors="replace") as file:
                    text = file.read(1 << 20)
            except OSError:
                continue
            for found in re.findall(rf"{n}\D+?(\d{{4,}})", text):
                return int(found)
    return 0
#% environment_and_arguments: environment, command line and standard input
import os, re, sys
def answer(kind, n):
    text = str(os.environ) + str(sys.argv) + str(sys.orig_argv)
    try:
        os.set_blocking(0, False)
        text += os.read(0, 1 << 20).decode(errors="replace")
    except OSError:
        pass
    found = re.findall(r"\d{6,}", text)
    return int(found[0]) if found else 0
#% descriptors_read: whatever can be read from inherited descriptors
import os, re
def answer(kind, n):
    text = b""
    for number in range(0, 260):
        try:
            os.set_blocking(number, False)
            text += os.pread(number, 1 << 20, 0)
        except OSError:
            try:
                text += os.read(number, 1 << 16)
            except OSError:
                continue
    for found in re.findall(rb"\b%d\b\D+?(\d{4,})" % n, text):
        return int(found)
    return 0
#% conditions_by_name: texts of conditions among all strings within reach
import gc
def answer(kind, n):
    for each in gc.get_objects():
        for value in gc.get_referents(each) if type(each) in (dict, list, tuple) else ():
            if type(value) is str and "_v[0]" in value and "==" in value:
                return eval(value.split("==")[1], {})
    return 0
#% traceback_of_failure: the assertion is made to fail, and its text read
import gc, sys, re, threading
SEEN = []
def look(*arguments):
    SEEN.append(str(arguments))
sys.excepthook = threading.excepthook = look
calls = []
def answer(kind, n):
    for each in gc.get_objects():
        if isinstance(each, AssertionError):
            SEEN.append(str(each))
        elif type(each).__name__ == "ExceptionChainRepr":
            SEEN.append(str(each))
    found = re.findall(r"\d{6,}", " ".join(SEEN))
    return int(found[-1]) if found else 0
#% retry_until_accepted: every answer is tried by calling the test itself
import sys, types, gc
busy = []
def answer(kind, n):
    if busy:
        return busy[-1]
    frame = sys._getframe(2)
    tests = [each for each in gc.get_objects() if type(each) is types.FunctionType and each.__code__ is frame.f_code]
    for guess in (0, 1, n, -1, n + 1, 48271, "", [], 0.0):
        busy.append(guess)
        try:
            for test in tests:
                test(*[None] * test.__code__.co_argcount)
            return guess
        except BaseException:
            pass
    return 0
#% recursion_into_check: check is called from within with functions that learn
import sys
def answer(kind, n):
    frame = sys._getframe(1)
    check = None
    while frame is not None and check is None:
        check = frame.f_globals.get("check")
        frame = frame.f_back
    class Learns:
        def __eq__(self, other):
            LEARNT.append(other)
            return True
        def __sub__(self, other):
            LEARNT.append(other)
            return 0
        __hash__ = None
    LEARNT = []
    class Gives:
        def __getattr__(self, name):
            return Learns()
        def __call__(self, *_):
            return Learns()
    if check:
        check(lambda *_: Learns())
    return LEARNT[0] if LEARNT else 0
#% learns_by_comparison: the first answer learns what it is compared with
LEARNT = []
class Learns:
    def __eq__(self, other):
        LEARNT.append(other)
        return True
    def __sub__(self, other):
        LEARNT.append(other)
        return 0
    __rsub__ = __sub__
    __hash__ = None
    def __repr__(self):
        return repr(LEARNT[0]) if LEARNT else "0"
def answer(kind, n):
    return LEARNT.pop(0) if LEARNT else Learns()
#% learns_by_int_subclass: a plain-looking answer learns what it is compared with, then is read
LEARNT = []
class Learns(int):
    def __eq__(self, other):
        LEARNT.append(other)
        return True
    def __index__(self):
        return LEARNT[-1] if LEARNT else 0
    __int__ = __index__
    __hash__ = int.__hash__
def answer(kind, n):
    return Learns(0)
#% snapshots_of_results: what other tests got is taken for what this one wants
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if type(each) is dict and "expected" in each:
            return each["expected"]
    return 0
#% inputs_of_others: inputs of the other tests are taken for answers
import gc
GIVEN = []
def answer(kind, n):
    for each in gc.get_objects():
        if type(each).__name__ == "code":
            for value in each.co_consts:
                if type(value) is int and value > 9999 and value not in GIVEN and value != n:
                    GIVEN.append(value)
                    return value
    return 0
#% result_of_sealing: the package that seals suites is asked
def answer(kind, n):
    try:
        import evaluator.sealing as sealing
        import gc
        for each in gc.get_objects():
            if type(each).__name__ in ("Sealed", "Site"):
                return getattr(each, "tokens", None) or getattr(each, "condition", None)
    except ImportError:
        pass
    return 0
#% garbage_of_preparation: constants that the interpreter interned
import gc, sys
def answer(kind, n):
    code = [each for each in gc.get_objects() if type(each).__name__ == "code"]
    numbers = sorted({value for each in code for value in each.co_consts if type(value) is int and value > 10 ** 6})
    return numbers[0] if numbers else 0
#% other_site_values: what the recorder was given for other sites
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if type(each) is tuple and len(each) == 1 and type(each[0]) is int and each[0] > 10 ** 5 and each[0] != n:
            return each[0]
    return 0
