#% set_up_class: an object that all tests of a class share
#: wrong: self.rows.append(row) => pass
class Database:
    def __init__(self):
        self.rows = []
        self.open = True
    def insert(self, row):
        self.rows.append(row)
        return len(self.rows)
    def close(self):
        self.open = False
#- tests
import unittest
class DatabaseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.db = Database()
    @classmethod
    def tearDownClass(cls):
        cls.db.close()
        assert not cls.db.open
    def test_1_insert(self):
        self.assertEqual(self.db.insert("a"), 1)
    def test_2_still_there(self):
        self.assertEqual(self.db.rows, ["a"])
if __name__ == "__main__":
    unittest.main()
#% set_up_module: module-level set-up and tear-down
#: wrong: return LOADED["config"][key] => return LOADED["config"].get(key, 0) + 1
LOADED = {}
def load(config):
    LOADED["config"] = config
def setting(key):
    return LOADED["config"][key]
#- tests
import unittest
from solution import load, setting
def setUpModule():
    load({"depth": 3})
class SettingTest(unittest.TestCase):
    def test_setting(self):
        self.assertEqual(setting("depth"), 3)
        self.assertRaises(KeyError, setting, "width")
#% sub_tests: many inputs in one test
#: wrong: n % 15 == 0 => n % 30 == 0
def fizz(n):
    if n % 15 == 0:
        return "FizzBuzz"
    return "Fizz" if n % 3 == 0 else "Buzz" if n % 5 == 0 else str(n)
#- tests
import unittest
class FizzTest(unittest.TestCase):
    def test_all(self):
        for n, want in [(1, "1"), (3, "Fizz"), (5, "Buzz"), (15, "FizzBuzz"), (30, "FizzBuzz")]:
            with self.subTest(n=n):
                self.assertEqual(fizz(n), want)
#% add_cleanup: clean-ups in the reverse order
#: wrong: return list(self.items) => return self.items
class Log:
    def __init__(self):
        self.items = []
    def add(self, item):
        self.items.append(item)
    def snapshot(self):
        return list(self.items)
#- tests
import unittest
LOG = Log()
class LogTest(unittest.TestCase):
    def test_1(self):
        self.addCleanup(LOG.add, "first")
        self.addCleanup(LOG.add, "second")
        before = LOG.snapshot()
        LOG.add("body")
        self.assertEqual(before, [])
    def test_2(self):
        self.assertEqual(LOG.snapshot(), ["body", "second", "first"])
#% inherited_tests: tests of a base class, run for two implementations
#: wrong: self.items.pop(0) => self.items.pop()
class Fifo:
    def __init__(self):
        self.items = []
    def put(self, item):
        self.items.append(item)
    def get(self):
        return self.items.pop(0)
class Lifo(Fifo):
    def get(self):
        return self.items.pop(-1)
#- tests
import unittest
class Common:
    kind = None
    want = None
    def test_order(self):
        box = self.kind()
        for item in (1, 2, 3):
            box.put(item)
        self.assertEqual([box.get() for _ in range(3)], self.want)
class FifoTest(Common, unittest.TestCase):
    kind, want = Fifo, [1, 2, 3]
class LifoTest(Common, unittest.TestCase):
    kind, want = Lifo, [3, 2, 1]
#% expected_failure: a test that must fail
#: wrong: return 0 => return [][0]
def broken(values):
    return 0
def total(values):
    return sum(values) + broken(values)
#- tests
import unittest
class BrokenTest(unittest.TestCase):
    @unittest.expectedFailure
    def test_known(self):
        self.assertEqual(broken([1]), 1)
    def test_total(self):
        self.assertEqual(total([1, 2, 39]), 42)
#% skipped_tests: tests that are skipped beside those that run
#: wrong: return text[::-1] => return text
import sys
def mirror(text):
    return text[::-1]
#- tests
import sys
import unittest
class MirrorTest(unittest.TestCase):
    @unittest.skip("not yet")
    def test_later(self):
        self.fail("never run")
    @unittest.skipIf(sys.version_info < (3, 8), "old")
    def test_mirror(self):
        self.assertEqual(mirror("abc"), "cba")
    @unittest.skipUnless(sys.platform.startswith("linux"), "linux only")
    def test_empty(self):
        self.assertEqual(mirror(""), "")
#% many_asserts: the less usual assertions
#: wrong: "name": "x" => "name": "y"
def data():
    return {"name": "x", "tags": ["a", "b"], "size": 3.14159, "note": "hello world"}
#- tests
import unittest
class DataTest(unittest.TestCase):
    def test_values(self):
        d = data()
        self.assertDictEqual(d, {"name": "x", "tags": ["a", "b"], "size": 3.14159, "note": "hello world"})
        self.assertCountEqual(d["tags"], ["b", "a"])
        self.assertSequenceEqual(d["tags"], ("a", "b"))
        self.assertAlmostEqual(d["size"], 3.14, places=2)
        self.assertNotAlmostEqual(d["size"], 3.2, delta=0.01)
        self.assertRegex(d["note"], r"^hello\s\w+$")
        self.assertNotRegex(d["note"], r"\d")
        self.assertIsInstance(d["tags"], list)
        self.assertIsNotNone(d.get("name"))
        self.assertIsNone(d.get("zzz"))
        self.assertTrue(d["tags"])
        self.assertFalse(d.get("zzz"))
        self.assertGreater(d["size"], 3)
        self.assertLessEqual(len(d), 4)
        self.assertSetEqual(set(d), {"name", "tags", "size", "note"})
        self.assertTupleEqual(tuple(d["tags"]), ("a", "b"))
        self.assertMultiLineEqual(d["note"], "hello world")
#% assert_raises_context: the exception is looked at afterwards
#: wrong: code=404 => code=500
class HttpError(Exception):
    def __init__(self, message, code):
        super().__init__(message)
        self.code = code
def get(path):
    raise HttpError(f"no {path}", code=404)
#- tests
import unittest
class GetTest(unittest.TestCase):
    def test_error(self):
        with self.assertRaises(HttpError) as context:
            get("/x")
        self.assertEqual(context.exception.code, 404)
        self.assertEqual(str(context.exception), "no /x")
    def test_callable_form(self):
        self.assertRaises(HttpError, get, "/y")
        self.assertRaisesRegex(HttpError, "no /z", get, "/z")
#% assert_warns: warnings and deprecations
#: wrong: DeprecationWarning => UserWarning
import warnings
def old(x):
    warnings.warn("old is old", DeprecationWarning, stacklevel=2)
    return x
#- tests
import unittest
import warnings
class OldTest(unittest.TestCase):
    def test_warns(self):
        with self.assertWarns(DeprecationWarning) as context:
            self.assertEqual(old(5), 5)
        self.assertIn("old is old", str(context.warning))
    def test_caught(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            old(1)
        self.assertEqual([w.category for w in caught], [DeprecationWarning])
#% assert_logs: log records by level and logger
#: wrong: log.error("failed: %s", name) => log.warning("failed: %s", name)
import logging
log = logging.getLogger("app.jobs")
def run(name, fails=False):
    log.info("running %s", name)
    if fails:
        log.error("failed: %s", name)
    return not fails
#- tests
import unittest
class RunTest(unittest.TestCase):
    def test_logs(self):
        with self.assertLogs("app", level="INFO") as logs:
            self.assertFalse(run("a", fails=True))
        self.assertEqual(logs.output, ["INFO:app.jobs:running a", "ERROR:app.jobs:failed: a"])
    def test_no_errors(self):
        with self.assertNoLogs("app", level="ERROR"):
            self.assertTrue(run("b"))
#% load_tests_order: tests in alphabetical order that depend on it
#: wrong: STATE.append(item) => STATE.insert(0, item)
STATE = []
def push(item):
    STATE.append(item)
    return list(STATE)
#- tests
import unittest
class OrderTest(unittest.TestCase):
    def test_b(self):
        self.assertEqual(push("b"), ["a", "b"])
    def test_a(self):
        self.assertEqual(push("a"), ["a"])
    def test_c(self):
        self.assertEqual(push("c"), ["a", "b", "c"])
#% helper_methods: assertions of the tests' own
#: wrong: value > 0 => value >= 0
def positive(values):
    return [value for value in values if value > 0]
#- tests
import unittest
class PositiveTest(unittest.TestCase):
    def check(self, values, want, message=None):
        got = positive(values)
        self.assertEqual(got, want, message or f"for {values}")
        self.assertLessEqual(len(got), len(values))
    def test_mixed(self):
        self.check([3, -1, 2], [3, 2])
        self.check([0, 5], [5], "zero is not positive")
    def test_none(self):
        self.check([], [])
        self.check([-5], [])
#% type_equality_func: a comparison that the tests register
#: wrong: self.x + dx => self.x - dx
class P:
    def __init__(self, x):
        self.x = x
    def moved(self, dx):
        return P(self.x + dx)
#- tests
import unittest
class PTest(unittest.TestCase):
    def setUp(self):
        self.addTypeEqualityFunc(P, self.same)
    def same(self, a, b, msg=None):
        if a.x != b.x:
            raise self.failureException(f"{a.x} != {b.x}")
    def test_moved(self):
        self.assertEqual(P(1).moved(2), P(3))
        self.assertEqual(P(1).moved(2).x, 3)
#% test_case_attributes: names and ids that tests read
#: wrong: return text.title() => return text
def label(text):
    return text.title()
#- tests
import unittest
class LabelTest(unittest.TestCase):
    def test_label(self):
        """Says what it tests."""
        self.assertEqual(label("ab cd"), "Ab Cd")
        self.assertTrue(self.id().endswith("test_label"))
    def runTest(self):
        pass
#% enter_context: contexts that end with the test
#: wrong: os.getcwd() => "/"
import os
def here():
    return os.path.basename(os.getcwd())
#- tests
import os
import tempfile
import unittest
class HereTest(unittest.TestCase):
    def setUp(self):
        self.before = os.getcwd()
        self.folder = tempfile.mkdtemp(prefix="here_")
        os.chdir(self.folder)
        self.addCleanup(os.rmdir, self.folder)
        self.addCleanup(os.chdir, self.before)
    def test_here(self):
        self.assertTrue(here().startswith("here_"))
        self.assertEqual(here(), os.path.basename(self.folder))
