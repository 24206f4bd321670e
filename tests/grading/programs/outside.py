#% print_capture: redirect_stdout around a function that prints
#: wrong: print("-" * 5) => print("-" * 4)
def banner(title):
    print(title)
    print("-" * 5)
#- tests
import contextlib
import io
buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    banner("hello")
assert buffer.getvalue() == "hello\n-----\n"
#% stdout_replaced: sys.stdout replaced by hand
#: wrong: end="" => end=" "
def dots(n):
    for _ in range(n):
        print(".", end="")
    print()
#- tests
import io
import sys
import unittest
class DotsTest(unittest.TestCase):
    def test_dots(self):
        kept, sys.stdout = sys.stdout, io.StringIO()
        try:
            dots(3)
            text = sys.stdout.getvalue()
        finally:
            sys.stdout = kept
        self.assertEqual(text, "...\n")
#% stdin_stub: input read from a replaced sys.stdin
#: wrong: a + b => a - b
import sys
def add_line():
    a, b = map(int, sys.stdin.readline().split())
    return a + b
#- tests
import io
import sys
sys.stdin = io.StringIO("3 4\n10 -2\n")
assert add_line() == 7
assert add_line() == 8
#% input_patched: builtins.input replaced
#: wrong: while text != "stop" => while text != "end"
def collect():
    found = []
    text = input("> ")
    while text != "stop":
        found.append(int(text))
        text = input("> ")
    return found
#- tests
from unittest.mock import patch
def test_collect():
    with patch("builtins.input", side_effect=["1", "2", "stop"]) as asked:
        assert collect() == [1, 2]
    assert asked.call_count == 3
    asked.assert_called_with("> ")
#% argv_patched: a command line
#: wrong: default=1 => default=2
import argparse
import sys
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("word")
    parser.add_argument("--times", type=int, default=1)
    options = parser.parse_args()
    return options.word * options.times
#- tests
import sys
import pytest
@pytest.mark.parametrize("argv, want", [(["p", "ab"], "ab"), (["p", "ab", "--times", "3"], "ababab")])
def test_main(monkeypatch, argv, want):
    monkeypatch.setattr(sys, "argv", argv)
    assert main() == want
def test_wrong_usage(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["p"])
    with pytest.raises(SystemExit) as info:
        main()
    assert info.value.code == 2
    assert "word" in capsys.readouterr().err
#% temporary_files: tempfile, csv and json
#: wrong: int(row["count"]) => int(row["count"]) + 1
import csv
import json
def convert(source, target):
    with open(source, newline="") as file:
        rows = [{"name": row["name"], "count": int(row["count"])} for row in csv.DictReader(file)]
    with open(target, "w") as file:
        json.dump(rows, file)
    return len(rows)
#- tests
import json
import os
import tempfile
import unittest
class ConvertTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source = os.path.join(self.folder.name, "in.csv")
        self.target = os.path.join(self.folder.name, "out.json")
        with open(self.source, "w") as file:
            file.write("name,count\na,1\nb,2\n")
    def tearDown(self):
        self.folder.cleanup()
    def test_convert(self):
        self.assertEqual(convert(self.source, self.target), 2)
        with open(self.target) as file:
            self.assertEqual(json.load(file), [{"name": "a", "count": 1}, {"name": "b", "count": 2}])
#% sqlite_database: a database in memory and in a file
#: wrong: ORDER BY age DESC => ORDER BY age
import sqlite3
class People:
    def __init__(self, path=":memory:"):
        self.connection = sqlite3.connect(path)
        self.connection.execute("CREATE TABLE IF NOT EXISTS people (name TEXT, age INTEGER)")
    def add(self, name, age):
        with self.connection:
            self.connection.execute("INSERT INTO people VALUES (?, ?)", (name, age))
    def oldest(self):
        row = self.connection.execute("SELECT name FROM people ORDER BY age DESC").fetchone()
        return row and row[0]
#- tests
import sqlite3
def test_people(tmp_path):
    path = tmp_path / "p.db"
    people = People(str(path))
    assert people.oldest() is None
    people.add("a", 30)
    people.add("b", 40)
    assert people.oldest() == "b"
    people.connection.close()
    rows = sqlite3.connect(path).execute("SELECT COUNT(*), SUM(age) FROM people").fetchall()
    assert rows == [(2, 70)]
#% open_mocked: mock_open around a reader
#: wrong: line.strip() => line
def read_names(path):
    with open(path) as file:
        return [line.strip() for line in file if line.strip()]
#- tests
from unittest.mock import mock_open, patch
def test_names():
    with patch("builtins.open", mock_open(read_data="a\n\nb\n")) as opened:
        assert read_names("names.txt") == ["a", "b"]
    opened.assert_called_once_with("names.txt")
#% mock_of_dependency: an object of the tests' is called
#: wrong: retries=3 => retries=2
class Client:
    def __init__(self, transport, retries=3):
        self.transport, self.retries = transport, retries
    def get(self, path):
        for attempt in range(self.retries):
            try:
                return self.transport.send("GET", path, attempt=attempt)
            except ConnectionError:
                continue
        return None
#- tests
from unittest.mock import MagicMock, call
def test_first_try():
    transport = MagicMock()
    transport.send.return_value = "body"
    assert Client(transport).get("/a") == "body"
    transport.send.assert_called_once_with("GET", "/a", attempt=0)
def test_retries():
    transport = MagicMock()
    transport.send.side_effect = ConnectionError
    assert Client(transport).get("/b") is None
    assert transport.send.call_args_list == [call("GET", "/b", attempt=n) for n in range(3)]
    assert transport.send.call_count == 3
#% patch_decorators: several patches, in the order of decorators
#: wrong: os.path.getsize(path) > limit => os.path.getsize(path) >= limit
import os
def is_large(path, limit=100):
    return os.path.exists(path) and os.path.getsize(path) > limit
#- tests
import unittest
from unittest.mock import patch
class LargeTest(unittest.TestCase):
    @patch("os.path.getsize", return_value=100)
    @patch("os.path.exists", return_value=True)
    def test_at_limit(self, exists, getsize):
        self.assertFalse(is_large("x"))
        exists.assert_called_once_with("x")
        getsize.assert_called_once_with("x")
    @patch("os.path.getsize", return_value=101)
    @patch("os.path.exists", return_value=True)
    def test_above(self, *_):
        self.assertTrue(is_large("x"))
    @patch("os.path.exists", return_value=False)
    def test_missing(self, exists):
        self.assertFalse(is_large("y"))
#% patch_object_and_dict: patch.object, patch.dict, wraps
#: wrong: self.rate() * amount => self.rate() + amount
import os
class Exchange:
    def rate(self):
        raise OSError("no network")
    def convert(self, amount):
        return self.rate() * amount
def region():
    return os.environ.get("REGION", "none")
#- tests
from unittest.mock import patch
def test_object():
    with patch.object(Exchange, "rate", return_value=1.5) as rate:
        assert Exchange().convert(10) == 15.0
    rate.assert_called_once()
def test_dict():
    with patch.dict("os.environ", {"REGION": "eu"}):
        assert region() == "eu"
    assert region() == "none"
#% async_mock: an awaited mock
#: wrong: await self.store.save(key.lower(), value) => await self.store.save(key, value)
class Service:
    def __init__(self, store):
        self.store = store
    async def put(self, key, value):
        await self.store.save(key.lower(), value)
        return await self.store.count()
#- tests
import asyncio
from unittest.mock import AsyncMock
def test_put():
    store = AsyncMock()
    store.count.return_value = 7
    assert asyncio.run(Service(store).put("KEY", 1)) == 7
    store.save.assert_awaited_once_with("key", 1)
#% time_patched: a clock that the tests set
#: wrong: >= self.period => > self.period + 1
import time
class Limiter:
    def __init__(self, period):
        self.period, self.last = period, None
    def allow(self):
        now = time.time()
        if self.last is None or now - self.last >= self.period:
            self.last = now
            return True
        return False
#- tests
from unittest.mock import patch
def test_limiter():
    with patch("time.time") as clock:
        limiter = Limiter(10)
        results = []
        for clock.return_value in (0, 5, 10, 15, 20):
            results.append(limiter.allow())
    assert results == [True, False, True, False, True]
#% sleep_patched: waiting that is not waited for
#: wrong: delay *= 2 => delay += 1
import time
def backoff(times, delay=1):
    for _ in range(times):
        time.sleep(delay)
        delay *= 2
    return delay
#- tests
import unittest
from unittest.mock import call, patch
class BackoffTest(unittest.TestCase):
    def test_delays(self):
        with patch("time.sleep") as sleep:
            self.assertEqual(backoff(3), 8)
        sleep.assert_has_calls([call(1), call(2), call(4)])
        self.assertEqual(sleep.call_count, 3)
#% threads: work in threads, joined
#: wrong: with self.lock: => if True:
#: wrong2: self.total += n => self.total = n
import threading
class Total:
    def __init__(self):
        self.total, self.lock = 0, threading.Lock()
    def add(self, n):
        with self.lock:
            self.total += n
#- tests
import threading
total = Total()
threads = [threading.Thread(target=total.add, args=(n,)) for n in range(10)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert total.total == 45
#% thread_pool: concurrent.futures, results in order
#: wrong: pool.map(function, values) => reversed(list(pool.map(function, values)))
from concurrent.futures import ThreadPoolExecutor
def parallel(function, values):
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(function, values))
#- tests
def test_parallel():
    assert parallel(lambda x: x * x, [1, 2, 3, 4]) == [1, 4, 9, 16]
#% queue_worker: a consumer thread that ends by a sentinel
#: wrong: item is None => item == 0
import queue
import threading
def consume(jobs, results):
    def work():
        while True:
            item = jobs.get()
            if item is None:
                break
            results.append(item + 1)
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
#- tests
import queue
def test_consume():
    jobs, results = queue.Queue(), []
    thread = consume(jobs, results)
    for item in (0, 1, 2, None):
        jobs.put(item)
    thread.join(timeout=2)
    assert results == [1, 2, 3]
    assert not thread.is_alive()
#% random_with_seed: draws that a seed fixes
#: wrong: draw.randint(0, 9) => 9 - draw.randint(0, 9)
import random
def digits(seed, n):
    draw = random.Random(seed)
    return [draw.randint(0, 9) for _ in range(n)]
#- tests
import random
def test_digits():
    draw = random.Random(42)
    assert digits(42, 8) == [draw.randint(0, 9) for _ in range(8)]
    assert digits(42, 8) == [1, 0, 4, 3, 3, 2, 1, 8]
    assert digits(1, 3) != digits(2, 3)
#% global_seed: tests seed the module that the program draws from
#: wrong: random.sample(range(100), 3) => random.sample(range(100), 3)[::-1]
import random
def draw():
    return random.sample(range(100), 3)
#- tests
import random
random.seed(3)
first = draw()
random.seed(3)
assert draw() == first
random.seed(3)
assert first == random.sample(range(100), 3)
#% module_state: constants and globals that tests set
#: wrong: return value > solution_limit() => return value >= solution_limit()
LIMIT = 10
def solution_limit():
    return LIMIT
def too_large(value):
    return value > solution_limit()
#- tests
import solution
def test_default():
    assert solution.too_large(11) is True
    assert solution.too_large(10) is False
def test_set():
    solution.LIMIT = 100
    try:
        assert solution.too_large(11) is False
        assert solution.too_large(101) is True
    finally:
        solution.LIMIT = 10
#% doctest_run: the program's own examples
#: wrong: return sum(values) / len(values) => return sum(values)
def mean(values):
    """Mean of numbers.

    >>> mean([1, 2, 3])
    2.0
    >>> mean([5])
    5.0
    """
    return sum(values) / len(values)
#- tests
import doctest
import solution
def test_examples():
    results = doctest.testmod(solution)
    assert results.attempted == 2
    assert results.failed == 0
    assert solution.mean([2, 4]) == 3.0
#% environment_and_exit: a main function that exits with a code
#: wrong: sys.exit(0 if ok else 3) => sys.exit(0 if ok else 1)
import sys
def finish(ok):
    sys.exit(0 if ok else 3)
#- tests
import pytest
def test_finish():
    with pytest.raises(SystemExit) as info:
        finish(False)
    assert info.value.code == 3
    with pytest.raises(SystemExit) as info:
        finish(True)
    assert info.value.code == 0
#% subprocess_output: a program that starts another
#: wrong: text.upper() => text
import subprocess
import sys
def shout(text):
    code = "import sys; print(sys.argv[1])"
    return subprocess.run([sys.executable, "-c", code, text.upper()], capture_output=True, text=True).stdout.strip()
#- tests
assert shout("abc") == "ABC"
#% signal_handler: an alarm that the program handles
#: wrong: SEEN.append("alarm") => SEEN.append("none")
import signal
SEEN = []
def arm(seconds):
    signal.signal(signal.SIGALRM, lambda *_: SEEN.append("alarm"))
    signal.setitimer(signal.ITIMER_REAL, seconds)
#- tests
import time
def test_alarm():
    arm(0.01)
    stop = time.time() + 2
    while not SEEN and time.time() < stop:
        time.sleep(0.005)
    assert SEEN == ["alarm"]
#% contextlib_managers: contextmanager, suppress, ExitStack
#: wrong: log.append(f"end {name}") => log.append(f"stop {name}")
import contextlib
@contextlib.contextmanager
def traced(name, log):
    log.append(f"begin {name}")
    try:
        yield len(log)
    finally:
        log.append(f"end {name}")
#- tests
import contextlib
import pytest
def test_nested():
    log = []
    with contextlib.ExitStack() as stack:
        numbers = [stack.enter_context(traced(name, log)) for name in "ab"]
    assert numbers == [1, 2]
    assert log == ["begin a", "begin b", "end b", "end a"]
def test_error():
    log = []
    with pytest.raises(ZeroDivisionError), traced("x", log):
        1 / 0
    assert log[-1] == "end x"
#% exception_hierarchy: own base class, cause, context and notes
#: wrong: from error => from None
class AppError(Exception):
    """Base."""
class ParseError(AppError):
    def __init__(self, text, at):
        super().__init__(f"bad {text!r} at {at}")
        self.text, self.at = text, at
def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise ParseError(text, 0) from error
#- tests
import unittest
class ParseTest(unittest.TestCase):
    def test_good(self):
        self.assertEqual(parse("42"), 42)
    def test_bad(self):
        try:
            parse("x")
        except AppError as error:
            self.assertIsInstance(error, ParseError)
            self.assertEqual((error.text, error.at), ("x", 0))
            self.assertIsInstance(error.__cause__, ValueError)
            self.assertEqual(str(error), "bad 'x' at 0")
        else:
            self.fail("no error")
#% exception_groups: except* and groups
#: wrong: errors.append(error) => errors[:] = [error]
def run_all(jobs):
    errors = []
    for job in jobs:
        try:
            job()
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("jobs", errors)
    return len(jobs)
#- tests
import pytest
def bad(kind):
    def job():
        raise kind("x")
    return job
def test_group():
    assert run_all([lambda: 1, lambda: 2]) == 2
    with pytest.raises(ExceptionGroup) as info:
        run_all([bad(ValueError), lambda: 1, bad(KeyError)])
    assert [type(e) for e in info.value.exceptions] == [ValueError, KeyError]
    assert info.value.subgroup(KeyError) is not None
#% try_except_in_script: a plain script that expects an exception
#: wrong: raise ValueError("empty") => raise TypeError("empty")
def first(values):
    if not values:
        raise ValueError("empty")
    return values[0]
#- tests
assert first([7]) == 7
try:
    first([])
except ValueError as error:
    assert str(error) == "empty"
else:
    assert False, "no exception"
