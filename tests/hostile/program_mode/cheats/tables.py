#% table_emptied: every list of rows within reach is emptied
import gc
def empty():
    for found in gc.get_objects():
        if type(found) is list and found and all(type(row) is tuple and len(row) in (2, 3) for row in found[:50]):
            found.clear()
empty()
def answer(kind, n):
    empty()
    return 0
#% table_of_one_row: lists of rows are cut to the row that is known
#: with: solution
#: sizes: 2 5 20
import gc
def answer(kind, n):
    for found in gc.get_objects():
        if type(found) is list and len(found) > 1 and all(type(row) is tuple and len(row) == 3 for row in found[:50]):
            del found[1:]
    return first(kind, n)
#% class_attribute_emptied: CASES of the tests' classes becomes empty
import unittest
class Never(list):
    pass
def answer(kind, n):
    for case in unittest.TestCase.__subclasses__():
        if hasattr(case, "CASES"):
            case.CASES = []
    return 0
#% global_emptied: TABLE of the tests' globals becomes empty
import sys
def answer(kind, n):
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("TABLE", "CASES", "cases", "tests"):
            if isinstance(frame.f_globals.get(name), list):
                frame.f_globals[name].clear()
        frame = frame.f_back
    return 0
#% iterator_exhausted: the loop's own iterator is run to its end
#: with: solution
#: sizes: 2 5 20
import gc
def answer(kind, n):
    for found in gc.get_objects():
        if type(found).__name__ in ("list_iterator", "tuple_iterator"):
            for row in found:
                pass
    return first(kind, n)
#% iterator_exhausted_at_once: the same, with nothing right
import gc
def answer(kind, n):
    for found in gc.get_objects():
        if type(found).__name__ in ("list_iterator", "tuple_iterator"):
            try:
                for row in found:
                    pass
            except Exception:
                pass
    return 0
#% handles_collected: the handles of cells are found and handed back as answers
import gc
def answer(kind, n):
    for found in gc.get_objects():
        if type(found) is tuple and len(found) == 3 and found[:2] == (kind, n):
            return found[2]
    return 0
#% handles_exchanged: rows get the handle of another row
#: with: solution
#: sizes: 2 5 20
import gc
FIRST = []
def answer(kind, n):
    FIRST.append((kind, n))
    return first(*FIRST[0])
#% rows_repeated: the table consists of its first row only, as often as before
#: with: solution
#: sizes: 2 5 20
import gc
def answer(kind, n):
    for found in gc.get_objects():
        if type(found) is list and len(found) > 1 and all(type(row) is tuple and len(row) == 3 for row in found[:50]):
            found[:] = [found[0]] * len(found)
    return first(kind, n)
#% range_shortened: range, zip, enumerate, map and reversed give nothing
import builtins
for name in ("range", "zip", "enumerate", "map", "filter", "reversed"):
    setattr(builtins, name, lambda *_, **__: iter(()))
def answer(kind, n):
    return 0
#% items_deselected: pytest's items after the running one are gone
#: with: solution
#: sizes: 2 5 20
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if type(each).__name__ == "Session":
            try:
                del each.items[1:]
            except Exception:
                pass
    return first(kind, n)
#% suite_emptied: unittest's suite loses the tests that follow
#: with: solution
#: sizes: 2 5 20
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if type(each).__name__ == "TestSuite":
            each._tests = []
    for result in [each for each in gc.get_objects() if type(each).__name__.endswith("Result")]:
        try:
            result.stop()
        except Exception:
            pass
    return first(kind, n)
#% stop_set: the result is told to stop after the first test
#: with: solution
#: sizes: 2 5 20
import gc
def answer(kind, n):
    for each in gc.get_objects():
        if hasattr(type(each), "shouldStop") or "shouldStop" in getattr(each, "__dict__", {}):
            each.shouldStop = True
    return first(kind, n)
#% test_functions_emptied: functions of tests that have not run become empty
#: with: solution
#: sizes: 2 5 20
import gc, types
def answer(kind, n):
    def empty(*_, **__):
        pass
    for found in gc.get_objects():
        if type(found) is types.FunctionType and found.__name__.startswith("test") and not found.__closure__:
            found.__code__ = empty.__code__.replace(co_name="test")
    return first(kind, n)
