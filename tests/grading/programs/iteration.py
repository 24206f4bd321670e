#% generator_send: a coroutine-like generator with send, throw and close
#: wrong: total / count => total
def averager():
    total = count = 0
    average = None
    while True:
        try:
            value = yield average
        except ZeroDivisionError:
            total = count = 0
            average = None
            continue
        total += value
        count += 1
        average = total / count
#- tests
g = averager()
next(g)
assert g.send(10) == 10
assert g.send(20) == 15
assert g.throw(ZeroDivisionError) is None
assert g.send(4) == 4
g.close()
#% generator_return_value: the value that a generator returns
#: wrong: return total => return None
def walk(values):
    total = 0
    for value in values:
        total += value
        yield total
    return total
#- tests
import pytest
def test_return_value():
    g = walk([1, 2])
    assert [next(g), next(g)] == [1, 3]
    with pytest.raises(StopIteration) as error:
        next(g)
    assert error.value.value == 3
#% infinite_generator: an endless sequence, sliced
#: wrong: a, b = b, a + b => a, b = b, a + b + 1
def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
#- tests
import itertools
assert list(itertools.islice(fibonacci(), 10)) == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
assert next(itertools.dropwhile(lambda x: x < 1000, fibonacci())) == 1597
#% iterator_protocol: an iterator with __next__ and an end
#: wrong: self.n -= 1 => self.n -= 2
class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1
#- tests
import unittest
class CountdownTest(unittest.TestCase):
    def test_all(self):
        self.assertEqual(list(Countdown(3)), [3, 2, 1])
    def test_end(self):
        c = Countdown(1)
        self.assertEqual(next(c), 1)
        self.assertRaises(StopIteration, next, c)
        self.assertIs(iter(c), c)
#% lazy_map: nothing is computed before it is asked for
#: wrong: yield function(value) => yield value
def lazy(function, values):
    for value in values:
        yield function(value)
#- tests
def test_lazy():
    seen = []
    def look(value):
        seen.append(value)
        return value * 10
    g = lazy(look, [1, 2, 3])
    assert seen == []
    assert next(g) == 10
    assert seen == [1]
    assert list(g) == [20, 30]
#% async_function: asyncio.run in a test
#: wrong: return value * 2 => return value * 3
import asyncio
async def double(value):
    await asyncio.sleep(0)
    return value * 2
#- tests
import asyncio
assert asyncio.run(double(21)) == 42
assert asyncio.run(double("ab")) == "abab"
#% async_gather: concurrency and order
#: wrong: return await asyncio.gather( => return list(reversed(await asyncio.gather(
#: wrong2: for value in values)) => for value in values))))
import asyncio
async def fetch(value, order):
    await asyncio.sleep(0.001 * (3 - value))
    order.append(value)
    return value * 10
async def fetch_all(values, order):
    return await asyncio.gather(*(fetch(value, order) for value in values))
#- tests
import asyncio
def test_gather():
    order = []
    assert asyncio.run(fetch_all([0, 1, 2], order)) == [0, 10, 20]
    assert sorted(order) == [0, 1, 2]
#% async_generator: async for over the submission's generator
#: wrong: yield number ** 2 => yield number
async def squares(n):
    for number in range(n):
        yield number ** 2
#- tests
import asyncio
async def collect():
    return [value async for value in squares(5)]
def test_squares():
    assert asyncio.run(collect()) == [0, 1, 4, 9, 16]
#% async_context_manager: async with
#: wrong: self.events.append("closed") => pass
class Connection:
    def __init__(self):
        self.events = []
    async def __aenter__(self):
        self.events.append("open")
        return self
    async def __aexit__(self, *_):
        self.events.append("closed")
#- tests
import asyncio
async def use():
    connection = Connection()
    async with connection as inner:
        inner.events.append("used")
    return connection.events
def test_connection():
    assert asyncio.run(use()) == ["open", "used", "closed"]
#% async_iterator_class: __aiter__ and __anext__
#: wrong: self.at += 1 => self.at += 2
class Ticker:
    def __init__(self, stop):
        self.at, self.stop = 0, stop
    def __aiter__(self):
        return self
    async def __anext__(self):
        if self.at >= self.stop:
            raise StopAsyncIteration
        self.at += 1
        return self.at
#- tests
import asyncio
import unittest
class TickerTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.ticker = Ticker(3)
    async def test_ticks(self):
        self.assertEqual([tick async for tick in self.ticker], [1, 2, 3])
    async def test_end(self):
        ticker = Ticker(0)
        with self.assertRaises(StopAsyncIteration):
            await ticker.__anext__()
#% isolated_asyncio_case: async set-up, tests and tear-down
#: wrong: self.items.pop(0) => self.items.pop()
import asyncio
class Queue:
    def __init__(self):
        self.items, self.event = [], asyncio.Event()
    async def put(self, item):
        self.items.append(item)
        self.event.set()
    async def get(self):
        while not self.items:
            self.event.clear()
            await self.event.wait()
        return self.items.pop(0)
#- tests
import asyncio
import unittest
class QueueTest(unittest.IsolatedAsyncioTestCase):
    async def test_waits(self):
        queue = Queue()
        getter = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        self.assertFalse(getter.done())
        await queue.put("a")
        self.assertEqual(await getter, "a")
    async def test_order(self):
        queue = Queue()
        for item in "abc":
            await queue.put(item)
        self.assertEqual([await queue.get() for _ in range(3)], ["a", "b", "c"])
#% async_timeout: a timeout that cancels
#: wrong: return "late" => raise
import asyncio
async def within(seconds, job):
    try:
        return await asyncio.wait_for(job, seconds)
    except asyncio.TimeoutError:
        return "late"
#- tests
import asyncio
async def quick():
    return "soon"
assert asyncio.run(within(1, quick())) == "soon"
assert asyncio.run(within(0.01, asyncio.sleep(5))) == "late"
#% closures_and_nonlocal: functions that remember
#: wrong: count += 1 => count += 2
def counter(start=0):
    count = start
    def step():
        nonlocal count
        count += 1
        return count
    step.reset = lambda: step.__closure__ and counter(start)
    return step
#- tests
c = counter(5)
assert (c(), c(), c()) == (6, 7, 8)
d = c.reset()
assert d() == 6
assert c() == 9
#% decorator_with_arguments: wraps, names and calls
#: wrong: range(times) => range(times - 1)
import functools
def repeat(times):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return [function(*args, **kwargs) for _ in range(times)]
        return inner
    return decorate
#- tests
from solution import repeat
@repeat(times=3)
def greet(name, *, mark="!"):
    """Greets."""
    return name + mark
def test_decorated():
    assert greet("a", mark="?") == ["a?"] * 3
    assert greet.__name__ == "greet"
    assert greet.__wrapped__("b") == "b!"
#% caching_decorator: calls are counted by the test's own function
#: wrong: if key not in found => if True
import functools
def memoize(function):
    found = {}
    @functools.wraps(function)
    def inner(*key):
        if key not in found:
            found[key] = function(*key)
        return found[key]
    inner.found = found
    return inner
#- tests
def test_called_once():
    calls = []
    @memoize
    def slow(x):
        calls.append(x)
        return x * x
    assert [slow(3), slow(3), slow(4)] == [9, 9, 16]
    assert calls == [3, 4]
    assert slow.found == {(3,): 9, (4,): 16}
#% lru_cache_info: functools' own cache
#: wrong: maxsize=None => maxsize=1
import functools
@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
#- tests
import unittest
class FibTest(unittest.TestCase):
    def setUp(self):
        fib.cache_clear()
    def test_value(self):
        self.assertEqual(fib(80), 23416728348467685)
    def test_cache(self):
        fib(10)
        self.assertEqual(fib.cache_info().misses, 11)
#% singledispatch_functions: dispatch by type, with one registered by the test
#: wrong: return f"list of {len(value)}" => return f"list of {len(value) + 1}"
import functools
@functools.singledispatch
def describe(value):
    return "something"
@describe.register
def _(value: int):
    return f"number {value}"
@describe.register(list)
def _(value):
    return f"list of {len(value)}"
#- tests
@describe.register(str)
def _(value):
    return "text"
assert describe(5) == "number 5"
assert describe([1, 2]) == "list of 2"
assert describe("x") == "text"
assert describe(None) == "something"
#% partial_and_reduce: functions that build functions
#: wrong: reversed(functions) => functions
import functools
def compose(*functions):
    return functools.reduce(lambda f, g: lambda x: f(g(x)), reversed(functions), lambda x: x)
#- tests
inc = lambda x: x + 1
dbl = lambda x: x * 2
assert compose(inc, dbl)(5) == 12
assert compose(str, lambda s: s + "!")(5) == "5!"
assert compose()(7) == 7
#% sorted_with_key: stable sorting by a key of the submission's
#: wrong: -item[1] => item[1]
def by_count(item):
    return (-item[1], item[0])
def top(counts, n):
    return sorted(counts.items(), key=by_count)[:n]
#- tests
assert top({"a": 1, "b": 3, "c": 3, "d": 2}, 3) == [("b", 3), ("c", 3), ("d", 2)]
assert sorted([("x", 1), ("y", 2)], key=by_count) == [("y", 2), ("x", 1)]
assert max([("x", 1), ("y", 2)], key=by_count) == ("x", 1)
#% deep_recursion: recursion to a depth of thousands
#: without: its argument nests deeper than the channel of tests that run apart takes, which no text shows
#: wrong: 1 + depth(nested[0]) => depth(nested[0])
import sys
sys.setrecursionlimit(20_000)
def depth(nested):
    return 1 + depth(nested[0]) if nested else 0
#- tests
nested = []
for _ in range(3000):
    nested = [nested]
assert depth(nested) == 3000
assert depth([]) == 0
#% recursion_error_expected: the program refuses what never ends
#: wrong: n == 0 => n <= 0
def factorial(n):
    return 1 if n == 0 else n * factorial(n - 1)
#- tests
import pytest
def test_values():
    assert factorial(20) == 2432902008176640000
def test_negative():
    with pytest.raises(RecursionError):
        factorial(-1)
#% star_arguments: positional-only, keyword-only, defaults and unpacking
#: wrong: sorted(named.items()) => list(named.items())
def show(first, /, *rest, sep=",", **named):
    parts = [str(first), *map(str, rest), *(f"{k}={v}" for k, v in sorted(named.items()))]
    return sep.join(parts)
#- tests
import inspect
import pytest
def test_show():
    assert show(1, 2, z=3, a=4) == "1,2,a=4,z=3"
    assert show(*[5, 6], **{"sep": "-"}) == "5-6"
    assert list(inspect.signature(show).parameters) == ["first", "rest", "sep", "named"]
def test_positional_only():
    with pytest.raises(TypeError):
        show(first=1)
