#% recorder_says_true: every method of what tests call to record is replaced
import builtins, gc, sys
def answer(kind, n):
    frame = sys._getframe(1)
    while frame is not None:
        for names in (frame.f_globals, frame.f_locals):
            for name in list(names):
                if name.startswith("_R") or name.startswith("_S"):
                    try:
                        names[name] = Same()
                    except Exception:
                        pass
        frame = frame.f_back
    return 0
class Same:
    def __getattr__(self, name):
        return lambda *arguments: True
#% recorder_type_patched: the recorder's class gets other methods
import gc
def answer(kind, n):
    for found in gc.get_objects():
        if "record" in type(found).__name__.lower() or "record" in str(getattr(type(found), "__module__", "")).lower():
            for name in ("site", "lazy", "mock", "reached", "then", "raises", "token"):
                try:
                    setattr(type(found), name, lambda self, *_: True)
                except TypeError:
                    pass
    return 0
#% recorder_slots_overwritten: the recorder's own fields are replaced
import gc
def answer(kind, n):
    for found in gc.get_objects():
        kind_of = type(found)
        if str(kind_of.__module__).startswith(("evaluator", "harness", "runner")):
            for name in list(getattr(found, "__dict__", {})) + list(getattr(kind_of, "__slots__", ())):
                try:
                    setattr(found, name, None)
                except Exception:
                    pass
    return 0
#% recorder_name_taken: the tests' recorder is a name that the program defines
class _R:
    site = lazy = mock = reached = then = raises = token = staticmethod(lambda *_, **__: True)
_R_ = _S_ = R = _R
import builtins
builtins._R = builtins._R_ = builtins._S_ = _R
def answer(kind, n):
    return 0
#% recorder_given_other_values: what is recorded is looked up in the tests' frame and changed afterwards
import gc
def answer(kind, n):
    for found in gc.get_objects():
        if type(found) is list and found and type(found[0]) is list and found[0] and found[0][0] in ("site", "reached", "test"):
            found.clear()
    return 0
#% harness_encode_swapped: what turns values into records is replaced
import sys
for name, module in list(sys.modules.items()):
    if name.startswith(("evaluator", "harness")):
        for function in ("encode", "dumps", "form", "write", "record", "emit"):
            if hasattr(module, function):
                setattr(module, function, lambda *_, **__: 0)
def answer(kind, n):
    return 0
#% harness_modules_swapped: every function of the harness's modules agrees
import sys, types
for name, module in list(sys.modules.items()):
    if name.startswith(("evaluator", "harness")):
        for key, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType):
                setattr(module, key, lambda *_, **__: True)
def answer(kind, n):
    return 0
#% assert_methods_are_silent: TestCase's assertions do nothing
import unittest
for name in dir(unittest.TestCase):
    if name.startswith(("assert", "fail", "_base", "_trunc")):
        setattr(unittest.TestCase, name, lambda *_, **__: None)
def answer(kind, n):
    return 0
#% run_is_silent: TestCase.run counts a success and runs nothing
import unittest
def run(self, result=None):
    if result is not None:
        result.startTest(self)
        result.addSuccess(self)
        result.stopTest(self)
    return result
unittest.TestCase.run = unittest.TestCase.__call__ = unittest.TestCase.debug = run
def answer(kind, n):
    return 0
#% results_turn_failures_round: a failure is added as a success
import unittest
unittest.TestResult.addFailure = unittest.TestResult.addError = unittest.TestResult.addSubTest = lambda self, *_: None
unittest.TestResult.wasSuccessful = lambda self: True
def answer(kind, n):
    return 0
#% loader_finds_nothing: unittest's loader finds no tests
import unittest
unittest.TestLoader.getTestCaseNames = lambda self, case: []
unittest.TestLoader.loadTestsFromTestCase = lambda self, case: unittest.TestSuite()
unittest.TestLoader.loadTestsFromModule = lambda self, *_, **__: unittest.TestSuite()
def answer(kind, n):
    return 0
#% suite_run_is_silent: a suite's run does nothing
import unittest
unittest.TestSuite.run = unittest.TestSuite.__call__ = unittest.TestSuite.debug = lambda self, result, *_: result
def answer(kind, n):
    return 0
#% load_tests_protocol: the module offers tests of its own instead
import unittest
class Fine(unittest.TestCase):
    def test_fine(self):
        pass
def load_tests(loader, tests, pattern):
    return unittest.TestSuite([Fine("test_fine")])
def answer(kind, n):
    return 0
#% own_tests_beside: the submission's own tests pass, the author's are gone
import sys, unittest
class TestFine(unittest.TestCase):
    def test_fine(self):
        self.assertEqual(1, 1)
def test_fine():
    assert True
def answer(kind, n):
    for module in list(sys.modules.values()):
        for name in [name for name in dir(module) if name.startswith(("Test", "test_"))]:
            if name not in ("TestFine", "test_fine") and getattr(module, "__name__", "") not in sys.stdlib_module_names:
                try:
                    delattr(module, name)
                except Exception:
                    pass
    return 0
#% outcome_of_case_patched: the context that catches a failing test says success
import contextlib, unittest.case
@contextlib.contextmanager
def quiet(self, *_, **__):
    try:
        yield
    except BaseException:
        pass
unittest.case._Outcome.testPartExecutor = quiet
def answer(kind, n):
    return 0
#% failure_exception_changed: a failing assertion raises what means skipped
import unittest
unittest.TestCase.failureException = unittest.SkipTest
def answer(kind, n):
    return 0
#% pytest_hooks_by_plugin: the submission is a plug-in of pytest's that reports success
try:
    import pytest
    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(item, call):
        call.excinfo = None
        outcome = yield
        outcome.get_result().outcome = "passed"
    def pytest_sessionfinish(session, exitstatus):
        session.exitstatus = 0
        session.testsfailed = 0
    def pytest_runtest_call(item):
        return True
except ImportError:
    pass
pytest_plugins = ["solution"]
def answer(kind, n):
    return 0
#% pytest_plugin_manager_found: a plug-in is registered with the running session
import gc
class Plugin:
    def pytest_runtest_protocol(self, item, nextitem):
        return True
    def pytest_collection_modifyitems(self, items):
        items.clear()
    def pytest_pyfunc_call(self, pyfuncitem):
        return True
def found(name):
    return [each for each in gc.get_objects() if type(each).__name__ == name]
for manager in found("PytestPluginManager"):
    manager.register(Plugin())
def answer(kind, n):
    for manager in found("PytestPluginManager"):
        try:
            manager.register(Plugin(), "again")
        except ValueError:
            pass
    return 0
#% pytest_session_edited: counters and items of the session are changed
import gc
def edit():
    for each in gc.get_objects():
        if type(each).__name__ == "Session":
            try:
                each.items[:] = each.items[:1]
                each.testsfailed = 0
                each.exitstatus = 0
                each.shouldstop = True
            except Exception:
                pass
def answer(kind, n):
    edit()
    return 0
#% pytest_reports_edited: reports that were made say passed
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if type(each).__name__ in ("TestReport", "CollectReport", "CallInfo"):
            try:
                each.outcome = "passed"
                each.longrepr = each.excinfo = None
            except Exception:
                pass
    return 0
#% pytest_report_class_patched: every report's outcome is passed
try:
    import _pytest.reports
    _pytest.reports.BaseReport.failed = property(lambda self: False)
    _pytest.reports.BaseReport.passed = property(lambda self: True)
    _pytest.reports.TestReport.outcome = property(lambda self: "passed", lambda self, value: None)
except ImportError:
    pass
def answer(kind, n):
    return 0
#% pytest_runner_patched: the function that calls a test does not
try:
    import _pytest.python, _pytest.runner
    _pytest.python.pytest_pyfunc_call = lambda pyfuncitem: True
    _pytest.python.Function.runtest = lambda self: None
    _pytest.runner.call_and_report = lambda *_, **__: None
    import _pytest.unittest
    _pytest.unittest.TestCaseFunction.runtest = lambda self: None
except ImportError:
    pass
def answer(kind, n):
    return 0
#% approx_agrees: pytest.approx is equal to all
try:
    import pytest, _pytest.python_api
    class Agrees:
        def __init__(self, *_, **__):
            pass
        def __eq__(self, other):
            return True
    pytest.approx = _pytest.python_api.approx = Agrees
    _pytest.python_api.ApproxScalar.__eq__ = lambda self, other: True
    pytest.raises = lambda *_, **__: __import__("contextlib").suppress(BaseException)
    pytest.fail = lambda *_, **__: None
except ImportError:
    pass
def answer(kind, n):
    return 0
#% mark_parametrize_swallows: parametrize gives one harmless row
try:
    import pytest
    class Mark:
        def __getattr__(self, name):
            return lambda *_, **__: lambda function: lambda: None
    pytest.mark = Mark()
    pytest.fixture = lambda *_, **__: (lambda function: function)
except ImportError:
    pass
def answer(kind, n):
    return 0
#% mock_agrees: mock's assertions are silent
import unittest.mock
for name in dir(unittest.mock.NonCallableMock):
    if name.startswith("assert"):
        setattr(unittest.mock.NonCallableMock, name, lambda *_, **__: None)
def answer(kind, n):
    return unittest.mock.MagicMock()
#% doctest_and_warnings: other runners agree
import doctest, warnings
doctest.testmod = lambda *_, **__: doctest.TestResults(0, 1)
doctest.DocTestRunner.run = lambda *_, **__: doctest.TestResults(0, 1)
warnings.simplefilter("ignore")
def answer(kind, n):
    return 0
#% stop_of_loader_frames: the frame of the test jumps over its assertion
import sys
def answer(kind, n):
    frame = sys._getframe(2)
    def trace(frame, event, argument):
        try:
            frame.f_lineno = frame.f_lineno + 1
        except ValueError:
            pass
        return trace
    sys.settrace(lambda *_: trace)
    frame.f_trace = trace
    return 0
#% tracer_changes_locals: a tracer sets the test's locals to what is wanted
import sys, ctypes
def answer(kind, n):
    frame = sys._getframe(2)
    for name in list(frame.f_locals):
        if name in ("want", "expected", "e"):
            frame.f_locals[name] = 0
    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return 0
#% audit_hook_stops: an audit hook ends whatever would report
import sys
def hook(event, arguments):
    if event == "open" and "records" in str(arguments[0]):
        raise SystemExit(0)
sys.addaudithook(hook)
def answer(kind, n):
    return 0
