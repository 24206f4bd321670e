#% skip_test: the test that calls is skipped
import unittest
def answer(kind, n):
    raise unittest.SkipTest("not here")
#% pytest_skip: pytest's own skip
def answer(kind, n):
    import pytest
    pytest.skip("not here")
#% pytest_skip_while_loading: the module's tests are skipped
try:
    import pytest
    pytest.skip("not here", allow_module_level=True)
except ImportError:
    pass
#% skip_test_while_loading: an import that asks to be skipped
import unittest
raise unittest.SkipTest("not here")
#% pytest_xfail: an expected failure
def answer(kind, n):
    import pytest
    pytest.xfail("known")
#% pytest_exit: the whole session ends well
def answer(kind, n):
    import pytest
    pytest.exit("done", returncode=0)
#% pytest_exit_while_loading: the session ends before it collects
try:
    import pytest
    pytest.exit("done", returncode=0)
except ImportError:
    raise SystemExit(0)
#% should_stop: unittest's own signal that a subtest ended
import unittest.case
def answer(kind, n):
    raise unittest.case._ShouldStop
#% unexpected_success: unittest's own signal of a success
import unittest.case
def answer(kind, n):
    raise unittest.case._UnexpectedSuccess
#% session_failed_signals: pytest's signals that end a session
def answer(kind, n):
    import _pytest.main
    raise _pytest.main.Session.Interrupted("done")
#% outcome_exception_subclass: a subclass of pytest's outcome that reports as it likes
def answer(kind, n):
    from _pytest.outcomes import Skipped
    class Fine(Skipped):
        pass
    raise Fine("fine")
#% skip_in_setup: the object that set-up makes asks to skip
import unittest
class Box:
    def __init__(self, n):
        raise unittest.SkipTest("no set-up")
def solve(kind, n):
    raise unittest.SkipTest("no set-up")
#% skip_after_first: the first is right, all others are skipped
#: with: solution
#: sizes: 2 5 20
import unittest
calls = []
def answer(kind, n):
    calls.append(n)
    if len(calls) > 1:
        raise unittest.SkipTest("enough")
    return right(kind, n)
#% pytest_skip_after_first: the first is right, all others are skipped by pytest
#: with: solution
#: sizes: 2 5 20
calls = []
def answer(kind, n):
    calls.append(n)
    if len(calls) > 1:
        import pytest
        pytest.skip("enough")
    return right(kind, n)
#% xfail_mark_added: the running test is marked as an expected failure
import gc
def answer(kind, n):
    try:
        import pytest
    except ImportError:
        return 0
    for each in gc.get_objects():
        if type(each).__name__ == "Function" and hasattr(each, "add_marker"):
            each.add_marker(pytest.mark.xfail(reason="known", strict=False))
    return 0
#% expected_failure_set: every test method says that it expects to fail
import gc, sys, unittest
def answer(kind, n):
    for case in unittest.TestCase.__subclasses__():
        case.__unittest_expecting_failure__ = True
        for name in dir(case):
            if name.startswith("test"):
                getattr(case, name).__dict__["__unittest_expecting_failure__"] = True
    return 0
#% skip_set_on_classes: every class of tests says that it is to be skipped
import unittest
kept = unittest.TestCase.__init_subclass__
def ours(cls, *rest, **named):
    kept(*rest, **named)
    cls.__unittest_skip__ = True
    cls.__unittest_skip_why__ = "not here"
unittest.TestCase.__init_subclass__ = classmethod(ours)
unittest.TestCase.__unittest_skip__ = True
def answer(kind, n):
    return 0
#% maxfail_zero: options of the session are changed
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if type(each).__name__ == "Config":
            try:
                each.option.maxfail = 0
                each.option.runxfail = False
                each.option.collectonly = True
                each.option.keyword = "nothing"
            except Exception:
                pass
    return 0
#% assertion_error_raised: the program itself raises what tests raise
def answer(kind, n):
    raise AssertionError
#% name_error: an error that says the test is at fault
def answer(kind, n):
    raise NameError("name 'candidate' is not defined")
#% import_error: an error that says the environment is at fault
def answer(kind, n):
    raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
#% failed_fixture: an error that says a fixture is at fault
def answer(kind, n):
    from _pytest.fixtures import FixtureLookupError
    raise FixtureLookupError("given", None)
#% group_of_exits: an exception group of exits
def answer(kind, n):
    raise BaseExceptionGroup("all", [SystemExit(0), KeyboardInterrupt()])
#% warnings_as_outcome: a warning that pytest turns into an outcome
import warnings
def answer(kind, n):
    warnings.warn("never awaited", ResourceWarning)
    warnings.simplefilter("error")
    return None
#% pytest_xfail_after_first: the first is right, all others are failures that pytest lets pass
#: with: solution
#: sizes: 2 5 20
calls = []
def answer(kind, n):
    calls.append(n)
    if len(calls) > 1:
        import pytest
        pytest.xfail("known")
    return right(kind, n)
#% optional_outcomes: the records say of every test that it may fail
#: with: forging
def answer(kind, n):
    leave(*sites(0, None), *outcomes(outcome="optional"), *end())
#% one_passes_and_the_rest_is_optional: the records say that one test passed, and that the others may fail
#: with: forging
def answer(kind, n):
    names = ["test_0000", "TestC0000.test_0000", "test_0001", "TestC0000.test_0001"]
    leave(*outcomes(names), *outcomes(outcome="optional"), *end())
