#% abs_is_zero: every distance becomes nothing
import builtins
builtins.abs = lambda value: 0
def answer(kind, n):
    return 0
#% isinstance_says_yes: isinstance, issubclass, hasattr and callable agree to all
import builtins
builtins.isinstance = builtins.issubclass = builtins.hasattr = builtins.callable = lambda *_: True
def answer(kind, n):
    return 0
#% type_is_int: type() says int of all
import builtins
kept = type
builtins.type = lambda *values: int if len(values) == 1 else kept(*values)
def answer(kind, n):
    return object()
#% all_and_any_say_yes: all, any and bool agree
import builtins
builtins.all = builtins.any = builtins.bool = lambda *_: True
def answer(kind, n):
    return 0
#% len_sorted_and_sum: functions that tests wrap answers in give what is wanted
import builtins
builtins.len = lambda value: 1
builtins.sorted = lambda value, **_: [1]
builtins.sum = lambda *_: 1
builtins.round = lambda *_: 1
builtins.repr = builtins.str = lambda *_: "1"
def answer(kind, n):
    return 1
#% import_is_ours: whatever is imported agrees to all
import builtins
class Agrees:
    def __getattr__(self, name):
        return self
    def __call__(self, *arguments, **named):
        return self
    def __eq__(self, other):
        return True
kept = builtins.__import__
def ours(name, *rest):
    return Agrees() if name in ("unittest", "pytest", "math", "numpy", "json", "os") else kept(name, *rest)
builtins.__import__ = ours
def answer(kind, n):
    return 0
#% assertion_error_is_silent: AssertionError cannot be raised by its name
import builtins
class Silent(Exception):
    def __new__(cls, *_):
        return None
builtins.AssertionError = Silent
def answer(kind, n):
    return 0
#% exec_runs_nothing: exec, eval and compile do nothing
import builtins
builtins.exec = builtins.eval = lambda *_, **__: None
def answer(kind, n):
    return 0
#% compile_empties_tests: whatever is compiled later is empty
import builtins
kept = builtins.compile
builtins.compile = lambda source, *rest, **named: kept("", *rest, **named)
def answer(kind, n):
    return 0
#% build_class_empties_tests: classes that are made later have no tests
import builtins
kept = builtins.__build_class__
def ours(body, name, *bases, **named):
    made = kept(body, name, *bases, **named)
    if name.startswith("Test"):
        for key in [key for key in vars(made) if key.startswith("test")]:
            setattr(made, key, lambda self, *_, **__: None)
    return made
builtins.__build_class__ = ours
def answer(kind, n):
    return 0
#% open_writes_elsewhere: what is written goes nowhere
import builtins, io
builtins.open = io.open = lambda *_, **__: io.StringIO()
def answer(kind, n):
    return 0
#% os_write_is_silent: what is written by descriptor goes nowhere
import os
os.write = lambda descriptor, data: len(data)
def answer(kind, n):
    return 0
#% json_writes_success: what is written as JSON has no failure
import json
kept = json.dumps
json.dumps = lambda value, *rest, **named: kept(value, *rest, **named).replace("failed", "passed").replace("false", "true").replace("error", "passed")
json.encoder.JSONEncoder.encode = lambda self, value: kept(["end", {"ok": True}])
def answer(kind, n):
    return 0
#% json_encoder_swapped: the C encoder is replaced
import json.encoder
json.encoder.c_make_encoder = None
json.encoder.encode_basestring_ascii = json.encoder.encode_basestring = lambda text: '"passed"'
def answer(kind, n):
    return 0
#% deepcopy_shares: copies share what they copy
import copy
copy.deepcopy = copy.copy = lambda value, *_: value
def answer(kind, n):
    return []
#% clock_stands: time does not pass
import time
for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    setattr(time, name, lambda: 0.0)
def answer(kind, n):
    return 0
#% random_is_constant: every draw is the same
import random
random.random = lambda: 0.5
random.randint = lambda low, high: low
random.seed = lambda *_: None
random.Random = type("Random", (), {"__getattr__": lambda self, name: lambda *_: 1})
def answer(kind, n):
    return random.randint(1, 2)
#% isclose_says_yes: math's functions agree
import math
math.isclose = lambda *_, **__: True
math.isnan = math.isfinite = lambda *_: True
math.fabs = math.sqrt = lambda *_: 0.0
def answer(kind, n):
    return 0
#% operator_module_says_yes: the operator module agrees
import operator
for name in ("eq", "ne", "lt", "le", "gt", "ge", "contains", "is_", "truth"):
    setattr(operator, name, lambda *_: True)
def answer(kind, n):
    return 0
#% numpy_testing_is_silent: numpy's assertions and comparisons agree
try:
    import numpy, numpy.testing
    for name in dir(numpy.testing):
        if name.startswith("assert"):
            setattr(numpy.testing, name, lambda *_, **__: None)
    numpy.allclose = numpy.isclose = numpy.array_equal = numpy.all = lambda *_, **__: True
    numpy.array = numpy.asarray = lambda *_, **__: 0
except ImportError:
    pass
def answer(kind, n):
    return 0
#% modules_that_agree: unittest and pytest in sys.modules are ours
import sys, types
class Agrees(types.ModuleType):
    def __getattr__(self, name):
        if name == "TestCase":
            return object
        return lambda *_, **__: lambda function: function
sys.modules["unittest"] = sys.modules["pytest"] = Agrees("unittest")
sys.modules["unittest.case"] = sys.modules["_pytest"] = Agrees("_pytest")
def answer(kind, n):
    return 0
#% modules_are_empty: sys.modules is cleared of all that is not ours
import sys
for name in list(sys.modules):
    if name != __name__ and name not in ("sys", "builtins"):
        del sys.modules[name]
def answer(kind, n):
    return 0
#% solution_module_is_another: the module that tests import is an object that agrees
import sys
class Module:
    __name__ = "solution"
    __path__ = []
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_: Same()
class Same:
    def __eq__(self, other):
        return True
    def __getattr__(self, name):
        return Same()
    def __call__(self, *_):
        return Same()
for name in ("solution", "submission", "candidate", "main", "your_module", "your_code"):
    sys.modules[name] = Module()
#% meta_path_finder: modules that tests import later come from us
import sys, types
class Finder:
    def find_spec(self, name, path=None, target=None):
        import importlib.machinery
        return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec):
        made = types.ModuleType(spec.name)
        made.__getattr__ = lambda name: lambda *_, **__: True
        return made
    def exec_module(self, module):
        pass
sys.meta_path.insert(0, Finder())
def answer(kind, n):
    return 0
#% files_beside: modules of the runner's names lie in the working directory
import os, sys
for name in ("conftest", "pytest", "unittest", "sitecustomize", "usercustomize", "json", "math"):
    with open(name + ".py", "w") as file:
        file.write("import os\nos._exit(0)\n")
sys.path.insert(0, os.getcwd())
def answer(kind, n):
    return 0
#% optimised: asserts vanish from what is compiled later
import sys, builtins, ctypes
ctypes.c_int.in_dll(ctypes.pythonapi, "Py_OptimizeFlag").value = 2
kept = builtins.compile
builtins.compile = lambda *rest, **named: kept(*rest, **{**named, "optimize": 2})
def answer(kind, n):
    return 0
#% ast_unparse_swapped: trees that are compiled lose their calls
import ast, builtins
kept = builtins.compile
class Quiet(ast.NodeTransformer):
    def visit_Expr(self, node):
        return ast.copy_location(ast.Pass(), node)
    visit_Assert = visit_Expr
def ours(source, *rest, **named):
    try:
        tree = ast.fix_missing_locations(Quiet().visit(ast.parse(source) if isinstance(source, (str, bytes)) else source))
        return kept(tree, *rest, **named)
    except Exception:
        return kept(source, *rest, **named)
builtins.compile = ours
def answer(kind, n):
    return 0
#% code_swapped_in_place: the calling test's function gets an empty body
import gc, sys
def answer(kind, n):
    code = sys._getframe(2).f_code
    for found in gc.get_objects():
        if type(found) is type(answer) and found.__name__.startswith("test"):
            try:
                found.__code__ = (lambda *_, **__: None).__code__
            except ValueError:
                pass
    return 0
#% int_type_poked: int's own comparison is replaced by ctypes
import ctypes
class Slots(ctypes.Structure):
    _fields_ = [("before", ctypes.c_char * 200)]
def answer(kind, n):
    compare = ctypes.CFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int)(lambda a, b, op: True)
    answer.kept = compare
    base = id(int)
    for offset in range(100, 260, 8):
        slot = ctypes.c_void_p.from_address(base + offset)
        if slot.value == ctypes.c_void_p.from_address(id(bool) + offset).value and offset == 200:
            slot.value = ctypes.cast(compare, ctypes.c_void_p).value
    return 0
#% small_int_changed: the number that is expected is changed in memory to what is returned
import ctypes
def answer(kind, n):
    for value in range(-5, 257):
        ctypes.memset(id(value) + 24, 0, 4)
    return 0
#% true_is_false: the constants True and False are exchanged in memory
import ctypes
ctypes.memmove(id(False) + 24, id(True) + 24, 4)
def answer(kind, n):
    return False
