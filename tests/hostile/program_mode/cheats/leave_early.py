#% exit_while_loading: sys.exit(0) before the tests see anything
import sys
sys.exit(0)
#% system_exit_while_loading: SystemExit without a code
raise SystemExit
#% os_exit_while_loading: the process ends at once, without a trace
import os
os._exit(0)
#% kill_while_loading: the process kills itself
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
#% sys_exit_in_call: an exit of 0 goes through the test
import sys
def answer(kind, n):
    sys.exit(0)
#% quit_builtin_in_call: the site module's exit, which closes stdin
def answer(kind, n):
    exit(0)
#% os_exit_in_call: the process ends in the first call
import os
def answer(kind, n):
    os._exit(0)
#% os_exit_in_second_call: the process ends in the second call, after an honest first one
#: with: solution
#: sizes: 2 5 20
import os
calls = []
def answer(kind, n):
    calls.append(n)
    if len(calls) > 1:
        os._exit(0)
    return right(kind, n)
#% exit_after_half: honest for half of the calls, then gone
#: with: solution
#: sizes: 5 20
import os
calls = []
def answer(kind, n):
    calls.append(n)
    if len(calls) > 2:
        os._exit(0)
    return right(kind, n)
#% exec_another_program: the process becomes one that ends well
import os
def answer(kind, n):
    os.execv("/bin/true", ["true"])
#% exec_python: the process becomes an interpreter that ends well
import os, sys
def answer(kind, n):
    os.execv(sys.executable, [sys.executable, "-c", "pass"])
#% child_goes_on: the parent ends, a child answers nothing
import os
def answer(kind, n):
    if os.fork():
        os._exit(0)
    return None
#% child_answers: the parent waits for a child that leaves early, then leaves
import os
def answer(kind, n):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    os._exit(0)
#% fork_and_both_go_on: two processes run the tests to the end
import os
def answer(kind, n):
    os.fork()
    return 0
#% exit_from_thread: another thread ends the process while a test waits
import os, threading, time
def answer(kind, n):
    threading.Timer(0.01, os._exit, [0]).start()
    time.sleep(1)
#% exit_from_timer: a timer that was set while loading ends the process
import os, threading
threading.Timer(0.005, os._exit, [0]).start()
def answer(kind, n):
    while True:
        pass
#% exit_from_signal: an alarm ends the process
import os, signal
signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
signal.setitimer(signal.ITIMER_REAL, 0.01)
def answer(kind, n):
    while True:
        pass
#% alarm_raises_exit: an alarm raises SystemExit somewhere in the runner
import signal, sys
def leave(*_):
    sys.exit(0)
signal.signal(signal.SIGALRM, leave)
def answer(kind, n):
    signal.setitimer(signal.ITIMER_REAL, 0.0005)
    return 0
#% exit_from_del: a finaliser ends the process after the answer
import os
class Last:
    def __del__(self):
        os._exit(0)
def answer(kind, n):
    Last()
    return 0
#% exit_from_eq: the comparison ends the process
import os
class Leaves:
    def __eq__(self, other):
        os._exit(0)
    __ne__ = __lt__ = __gt__ = __sub__ = __abs__ = __eq__
    __hash__ = None
def answer(kind, n):
    return Leaves()
#% exit_from_repr: looking at the answer ends the process
import os
class Leaves:
    def __repr__(self):
        os._exit(0)
    __str__ = __repr__
def answer(kind, n):
    return Leaves()
#% exit_from_reduce: copying or pickling the answer ends the process
import os
class Leaves:
    def __reduce_ex__(self, protocol):
        os._exit(0)
    __deepcopy__ = __copy__ = lambda self, *_: os._exit(0)
def answer(kind, n):
    return Leaves()
#% exit_from_class_lookup: asking for the answer's class ends the process
import os
class Leaves:
    @property
    def __class__(self):
        os._exit(0)
def answer(kind, n):
    return Leaves()
#% exit_from_iteration: reading the answer as a list ends the process
import os
class Leaves(list):
    def __iter__(self):
        os._exit(0)
    def __len__(self):
        os._exit(0)
def answer(kind, n):
    return Leaves([1])
#% exit_at_exit: the exit code is set to 0 whatever happened
import atexit, os
atexit.register(os._exit, 0)
def answer(kind, n):
    return 0
#% excepthook_exits: an exception that nobody catches ends well
import os, sys
sys.excepthook = lambda *_: os._exit(0)
def answer(kind, n):
    return 0
#% trace_function_exits: the tracer ends the process when the assertion would raise
import os, sys
def trace(frame, event, argument):
    if event == "exception":
        os._exit(0)
    return trace
def answer(kind, n):
    sys.settrace(trace)
    frame = sys._getframe(1)
    while frame is not None:
        frame.f_trace = trace
        frame = frame.f_back
    return 0
#% profiler_exits: the profiler ends the process when the call has returned
import os, sys
def answer(kind, n):
    sys.setprofile(lambda frame, event, argument: event == "return" and os._exit(0))
    return 0
#% generator_exit: an exception that runners treat as an end
def answer(kind, n):
    raise GeneratorExit
#% keyboard_interrupt: an exception that ends the runner
def answer(kind, n):
    raise KeyboardInterrupt
#% stop_iteration: the end of an iteration, where a comprehension calls
def answer(kind, n):
    raise StopIteration
#% base_exception_of_its_own: an exception that no "except Exception" catches
class Leave(BaseException):
    pass
def answer(kind, n):
    raise Leave
#% exit_subclass: an exit whose code changes with each look
class Leave(SystemExit):
    code = property(lambda self: 0)
def answer(kind, n):
    raise Leave(1)
#% close_everything_and_go: all descriptors closed, then a good end
import os
def answer(kind, n):
    os.closerange(0, 1024)
    os._exit(0)
#% stack_overflow_in_c: the process dies deep in C
import sys
def answer(kind, n):
    sys.setrecursionlimit(1 << 30)
    nest = []
    for _ in range(3_000_000):
        nest = [nest]
    return nest == nest
