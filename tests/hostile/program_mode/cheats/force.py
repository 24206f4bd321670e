#% never_ends: the first call does not return
def answer(kind, n):
    while True:
        pass
#% sleeps: the first call sleeps beyond the clock's limit
import time
def answer(kind, n):
    time.sleep(1000)
#% stops_itself: the process is stopped, not ended
import os, signal
def answer(kind, n):
    os.kill(os.getpid(), signal.SIGSTOP)
#% memory: more memory than there is
def answer(kind, n):
    return bytearray(4 << 30)
#% large_answer: an answer of tens of megabytes
def answer(kind, n):
    return "x" * (40 << 20)
#% many_values: an answer of a million values
def answer(kind, n):
    return list(range(1_000_000))
#% deep_answer: an answer that nests without end
def answer(kind, n):
    found = []
    for _ in range(100_000):
        found = [found]
    return found
#% circular_answer: an answer that holds itself
def answer(kind, n):
    found = []
    found.append(found)
    return found
#% huge_integer: an integer of millions of digits
def answer(kind, n):
    return 1 << 20_000_000
#% colliding_keys: a dict whose keys collide when it is made again
def answer(kind, n):
    step = (1 << 61) - 1
    return {number * step: number for number in range(20_000)}
#% colliding_set: a set whose members collide
def answer(kind, n):
    step = (1 << 61) - 1
    return {number * step for number in range(20_000)}
#% lone_surrogate: half of a character
def answer(kind, n):
    return "\ud83d"
#% slow_text_comparison: long texts that differ at the end
def answer(kind, n):
    return "x\n" * 200_000 + "y"
#% slow_list_difference: long lists that differ everywhere
def answer(kind, n):
    return [[number % 7] * 20 for number in range(20_000)]
#% odd_numbers: signalling NaN of decimal
import decimal
def answer(kind, n):
    return decimal.Decimal("sNaN")
#% huge_exponent: a Decimal whose difference is long
import decimal
def answer(kind, n):
    return decimal.Decimal("1e999999999")
#% huge_fraction: a Fraction of long numbers
import fractions
def answer(kind, n):
    return fractions.Fraction(1 << 2_000_000, 3)
#% huge_range: a range beyond all bounds
def answer(kind, n):
    return range(10 ** 30)
#% regular_expression_text: a text on which expressions backtrack
def answer(kind, n):
    return "a" * 5000 + "!"
#% mixed_keys: keys that cannot be sorted
def answer(kind, n):
    return {1: 2, "1": 3, None: 4, (1,): 5}
#% returns_its_class: an object, to have the suite go another way
class Thing:
    pass
def answer(kind, n):
    return Thing()
#% returns_function: a function, to have the suite go another way
def answer(kind, n):
    return answer
#% returns_module: a module
import sys
def answer(kind, n):
    return sys
#% returns_caller: the frame of the caller
import sys
def answer(kind, n):
    return sys._getframe(1)
#% defines_tests: a file that is itself a suite
import unittest
def test_ok():
    assert True
class Tests(unittest.TestCase):
    def test_ok(self):
        pass
def check(candidate):
    pass
def answer(kind, n):
    return 0
#% check_replaced: check is a name of the submission, again after the tests define it
import sys
class Names(dict):
    pass
def check(candidate):
    return True
def answer(kind, n):
    sys.modules["__main__"].check = check
    frame = sys._getframe(2)
    frame.f_globals["check"] = check
    return 0
#% entry_point_is_property: the function to be tested is looked up and gone
def __getattr__(name):
    if name in ("solve", "Box"):
        return lambda *_: None
    raise AttributeError(name)
def answer(kind, n):
    return 0
#% syntax_error: a file that does not parse
def answer(kind, n:
    return 0
#% null_bytes: a file with a NUL
value = "@nul@"
def answer(kind, n):
    return 0
#% output_flood: output without end
def answer(kind, n):
    while True:
        print("x" * 10_000)
#% threads_left: threads that go on when the tests have ended
import threading
def spin():
    while True:
        pass
for _ in range(4):
    threading.Thread(target=spin).start()
def answer(kind, n):
    return 0
#% processes_left: processes that go on when the tests have ended
import os
def answer(kind, n):
    for _ in range(3):
        if os.fork() == 0:
            while True:
                pass
    return 0
#% fork_bomb: as many processes as there may be
import os
def answer(kind, n):
    while True:
        try:
            os.fork()
        except OSError:
            pass
#% records_flood: a file of records of tens of megabytes
#: with: forging
def answer(kind, n):
    with open("records", "ab") as file:
        for _ in range(600):
            file.write((json.dumps(["site", 0, ["x" * 1000], []]) + "\n").encode() * 100)
    return 0
#% records_deep: records that nest beyond the reader
#: with: forging
def answer(kind, n):
    append("records", b"[" * 200_000 + b"\n")
    leave(*end())
#% records_odd: records of types that are none
#: with: forging
def answer(kind, n):
    odd = [None, 1, "x", [], {}, [[]], ["site"], ["site", "x"], ["site", -1, [0], []], ["site", 1e308, [0], []],
           ["site", 0, None, None], ["site", 0, [{"tuple": 5}], []], ["site", 0, [{"a": 1, "b": 2}], []], ["end"],
           ["end", None], ["end", []], ["test"], ["test", None, None, None], ["mock", 0, 5, 5, 5], ["raised", 0, 5],
           ["reached"], ["site", 0, [0], ["x"]], ["site", 0, [0], [10 ** 30]], ["site", 10 ** 30, [0], []]]
    say(*odd)
    leave(*end())
#% records_not_json: bytes that are no records
#: with: forging
def answer(kind, n):
    say(b"\xff\xfe\x00", b"NaN", b"Infinity", b'["site", 0, [NaN], []]', b"{" * 10, b'["site", 0, ["\\ud800"], []]')
    leave(*end())
#% records_library_forms: forms that make the judge import and make things
#: with: forging
def answer(kind, n):
    odd = [{"library": ["os", "system"]}, {"library": ["antigravity", "x"]}, {"library": ["builtins", "object"]},
           {"member": ["re", "RegexFlag", "A"]}, {"datetime": ["x", 0, "Europe/Berlin"]}, {"Decimal": "9" * 100_000},
           {"int": "f" * 1_000_000}, {"range": [0, 10 ** 18, 1]}, {"deque": [[1], -1]}, {"own": ["x", True]},
           {"object": ["x", True]}, {"raised": ["SystemExit"]}, {"large": "x"}, {"bytes": "0" * 99_999},
           {"array": [["<f8"], [10 ** 9], []]}, {"DataFrame": []}, {"float": "nan"}, {"singleton": "NotImplemented"}]
    for form in odd:
        say(*sites(form, numbers=range(24)))
    leave(*outcomes(), *end())
#% end_says_suite_is_broken: an end record that accuses the suite
#: with: forging
def answer(kind, n):
    leave(*end(ok=False, ran=0, error="the tests cannot run: SyntaxError", broken="the suite"))
#% result_says_judge_error: files that the judge writes are written by the program
#: with: forging
def answer(kind, n):
    for name in ("result.json", "expectation.json", "sealed.json", "delivered.json", "records", "reference.json"):
        write(name, json.dumps({"verdict": "judge_error", "broken": "x", "items": [{"passed": True, "name": "x"}], "token": "x"}).encode())
    leave(*end())
#% sealed_file_replaced: the delivered text is replaced by one without tests
#: with: forging
for name in os.listdir("."):
    if name != "solution.py":
        write(name, b'{"text": "", "framework": "script", "sites": 0, "tests": {}, "policy": "all", "separate": false, "module_names": []}')
def answer(kind, n):
    return 0
#% directory_full: no file can be written any more
#: with: forging
def answer(kind, n):
    try:
        with open("filler", "wb") as file:
            while True:
                file.write(bytes(1 << 20))
    except OSError:
        pass
    return 0
#% directory_gone: the working directory's files are removed or renamed
import os
def answer(kind, n):
    for name in os.listdir("."):
        try:
            os.rename(name, name + "~")
        except OSError:
            pass
    return 0
#% no_more_files: the limit of descriptors is set to none
import resource
def answer(kind, n):
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    return 0
#% recursion_limit_small: no function can be called any more
import sys
def answer(kind, n):
    for limit in range(20, 400, 5):
        try:
            sys.setrecursionlimit(limit)
            break
        except RecursionError:
            pass
    return 0
#% stdio_closed: standard streams are closed or of another kind
import sys, os
sys.stdout = sys.stderr = sys.stdin = None
sys.__stdout__ = sys.__stderr__ = None
for number in (0, 1, 2):
    os.close(number)
def answer(kind, n):
    return 0
#% gc_frozen_and_switched: the collector, the switch interval and the integer limit are changed
import gc, sys
gc.disable()
gc.freeze()
sys.setswitchinterval(1000)
sys.set_int_max_str_digits(640)
def answer(kind, n):
    return 10 ** 700
#% locale_and_encoding: encodings are replaced
import codecs, io, sys
codecs.register(lambda name: None)
codecs.lookup = lambda name: 1 / 0
str_encode = None
def answer(kind, n):
    sys.stdout.reconfigure(encoding="utf-16")
    return "ä"
