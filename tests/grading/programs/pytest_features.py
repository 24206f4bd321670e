#% parametrize_ids: rows with ids, marks and two layers
#: wrong: return a * b => return a + b
def product(a, b):
    return a * b
#- tests
import pytest
from solution import product
@pytest.mark.parametrize("sign", [1, -1], ids=["plus", "minus"])
@pytest.mark.parametrize("a, b, want", [(2, 3, 6), pytest.param(4, 5, 20, id="big"), (0, 9, 0)])
def test_product(a, b, want, sign):
    assert product(a, b) == want
    assert product(sign * a, b) == sign * want
#% fixtures_that_yield: set-up and tear-down by yield
#: wrong: self.users.remove(user) => pass
class Room:
    def __init__(self):
        self.users = []
    def join(self, user):
        self.users.append(user)
        return len(self.users)
    def leave(self, user):
        self.users.remove(user)
#- tests
import pytest
ROOM = Room()
@pytest.fixture
def ada():
    ROOM.join("ada")
    yield "ada"
    ROOM.leave("ada")
def test_inside(ada):
    assert ROOM.users == [ada]
def test_joins_second(ada):
    assert ROOM.join("bob") == 2
    ROOM.leave("bob")
def test_empty():
    assert ROOM.users == []
#% fixture_scopes: module and class scope, and a finaliser
#: wrong: self.count += 1 => self.count = 1
class Counter:
    def __init__(self):
        self.count = 0
    def hit(self):
        self.count += 1
        return self.count
#- tests
import pytest
@pytest.fixture(scope="module")
def counter():
    return Counter()
@pytest.fixture(scope="class")
def own(request):
    made = Counter()
    request.addfinalizer(made.hit)
    return made
class TestShared:
    def test_one(self, counter, own):
        assert (counter.hit(), own.hit()) == (1, 1)
    def test_two(self, counter, own):
        assert (counter.hit(), own.hit()) == (2, 2)
class TestAnew:
    def test_three(self, counter, own):
        assert (counter.hit(), own.hit()) == (3, 1)
#% fixture_params: a fixture with parameters and ids
#: wrong: list(dict.fromkeys(values)) => sorted(set(values))
def unique(values):
    return list(dict.fromkeys(values))
#- tests
import pytest
@pytest.fixture(params=[([3, 1, 3], [3, 1]), ("abca", ["a", "b", "c"])], ids=["numbers", "text"])
def case(request):
    return request.param
def test_unique(case):
    given, want = case
    assert unique(given) == want
#% fixture_factory: a fixture that gives a function
#: wrong: price * (100 - percent) => price * percent
class Cart:
    def __init__(self, **prices):
        self.prices = prices
    def total(self, percent=0):
        return sum(price * (100 - percent) for price in self.prices.values()) // 100
#- tests
import pytest
@pytest.fixture
def make():
    made = []
    def factory(**prices):
        made.append(Cart(**prices))
        return made[-1]
    factory.made = made
    return factory
def test_total(make):
    assert make(a=100, b=50).total() == 150
    assert make(a=200).total(percent=25) == 150
    assert len(make.made) == 2
#% autouse_fixture: a fixture that no test names
#: wrong: REGISTRY[name] = value => REGISTRY.setdefault(name, value)
REGISTRY = {}
def register(name, value):
    REGISTRY[name] = value
    return len(REGISTRY)
#- tests
import pytest
@pytest.fixture(autouse=True)
def clean():
    REGISTRY.clear()
    register("base", 0)
def test_adds():
    assert register("x", 1) == 2
def test_replaces():
    assert register("base", 5) == 1
    assert REGISTRY == {"base": 5}
#% capsys_output: printed text and errors
#: wrong: file=sys.stderr => file=sys.stdout
import sys
def report(name, ok):
    print(f"{name}: {'ok' if ok else 'failed'}")
    if not ok:
        print("see the log", file=sys.stderr)
#- tests
def test_ok(capsys):
    report("a", True)
    out, err = capsys.readouterr()
    assert out == "a: ok\n"
    assert err == ""
def test_failed(capsys):
    report("b", False)
    captured = capsys.readouterr()
    assert captured.out == "b: failed\n"
    assert captured.err == "see the log\n"
#% capfd_output: text of the file descriptors
#: wrong: b"raw\n" => b"RAW\n"
import os
def raw():
    os.write(1, b"raw\n")
    return 4
#- tests
def test_raw(capfd):
    assert raw() == 4
    assert capfd.readouterr().out == "raw\n"
#% caplog_records: log records, levels and texts
#: wrong: "retry %d" => "attempt %d"
import logging
log = logging.getLogger(__name__)
def fetch(times):
    for number in range(1, times + 1):
        log.warning("retry %d", number)
    log.debug("done")
    return times
#- tests
import logging
def test_messages(caplog):
    with caplog.at_level(logging.DEBUG):
        assert fetch(2) == 2
    assert caplog.messages == ["retry 1", "retry 2", "done"]
    assert [r.levelname for r in caplog.records] == ["WARNING", "WARNING", "DEBUG"]
    caplog.clear()
    assert caplog.text == ""
#% tmp_path_files: files that test and program share
#: wrong: path.stem + "_copy" => path.stem + "-copy"
from pathlib import Path
def duplicate(path):
    path = Path(path)
    target = path.with_name(path.stem + "_copy" + path.suffix)
    target.write_bytes(path.read_bytes())
    return target
#- tests
def test_duplicate(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("hello")
    target = duplicate(source)
    assert target.name == "a_copy.txt"
    assert target.read_text() == "hello"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "a_copy.txt"]
#% monkeypatch_environment: variables, attributes, items and the directory
#: wrong: os.environ.get("MODE", "dev") => os.environ.get("mode", "dev")
import os
LIMITS = {"dev": 1, "prod": 100}
def limit():
    return LIMITS[os.environ.get("MODE", "dev")]
def where():
    return os.path.basename(os.getcwd())
#- tests
import solution
def test_default(monkeypatch):
    monkeypatch.delenv("MODE", raising=False)
    assert solution.limit() == 1
def test_prod(monkeypatch):
    monkeypatch.setenv("MODE", "prod")
    assert solution.limit() == 100
    monkeypatch.setitem(solution.LIMITS, "prod", 7)
    assert solution.limit() == 7
def test_undone(monkeypatch, tmp_path):
    assert solution.LIMITS["prod"] == 100
    monkeypatch.chdir(tmp_path)
    assert solution.where() == tmp_path.name
#% monkeypatch_functions: the program's own function is replaced
#: wrong: return roll() + roll() => return 2 * roll()
import random
def roll():
    return random.randint(1, 6)
def two():
    return roll() + roll()
#- tests
import solution
def test_two(monkeypatch):
    rolls = iter([3, 5])
    monkeypatch.setattr(solution, "roll", lambda: next(rolls))
    assert solution.two() == 8
def test_randint(monkeypatch):
    monkeypatch.setattr("random.randint", lambda low, high: high)
    assert solution.two() == 12
#% raises_and_match: messages, subclasses and the exception info
#: wrong: f"{name!r} is unknown" => f"{name} is unknown"
class NotFound(LookupError):
    pass
def find(table, name):
    if name not in table:
        raise NotFound(f"{name!r} is unknown")
    return table[name]
#- tests
import pytest
def test_found():
    assert find({"a": 1}, "a") == 1
def test_message():
    with pytest.raises(LookupError, match=r"^'b' is unknown$") as info:
        find({}, "b")
    assert info.type is NotFound
    assert info.value.args == ("'b' is unknown",)
#% approx_values: floats, lists, dicts and tolerances
#: wrong: values.index(value) => value
def shares(values):
    total = sum(values)
    return [value / total for value in values]
def mean(values):
    return sum(values) / len(values)
def spread(values):
    return {"low": min(values) + 0.05, "high": max(values) - 0.05, "at": [values.index(value) for value in values]}
#- tests
import pytest
def test_shares():
    assert shares([1, 2, 7]) == pytest.approx([0.1, 0.2, 0.7])
    assert mean([0.1, 0.2]) == pytest.approx(0.15, rel=1e-9)
    assert mean([1, 2]) == pytest.approx(1.45, abs=0.1)
    assert mean([1, 2]) != pytest.approx(1.4)
def test_spread():
    found = spread([1, 2])
    assert found.pop("at") == [0, 1]
    assert found == pytest.approx({"low": 1.05, "high": 1.95})
#% classes_with_setup: pytest's own set-up methods
#: wrong: self.total += n => self.total = n
class Sum:
    def __init__(self):
        self.total = 0
    def add(self, n):
        self.total += n
        return self.total
#- tests
class TestSum:
    made = 0
    @classmethod
    def setup_class(cls):
        cls.shared = Sum()
    def setup_method(self, method):
        TestSum.made += 1
        self.own = Sum()
    def test_a(self):
        assert self.own.add(5) == 5
        assert self.shared.add(5) == 5
    def test_b(self):
        assert self.own.add(7) == 7
        assert self.shared.add(7) == 12
        assert TestSum.made == 2
#% module_setup_functions: setup_module and teardown_function
#: wrong: EVENTS.append(name) => EVENTS.insert(0, name)
EVENTS = []
def log(name):
    EVENTS.append(name)
    return len(EVENTS)
#- tests
def setup_module(module):
    log("module")
def teardown_function(function):
    log("down")
def test_first():
    assert EVENTS == ["module"]
def test_second():
    assert EVENTS == ["module", "down"]
    assert log("x") == 3
#% skip_and_xfail: marks that change outcomes
#: wrong: return n + 1 => return n + 2
def inc(n):
    return n + 1
#- tests
import sys
import pytest
@pytest.mark.skipif(sys.version_info < (3, 0), reason="old")
def test_inc():
    assert inc(1) == 2
@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    assert inc("a") == "b"
@pytest.mark.skip
def test_never():
    assert False
def test_importorskip():
    json = pytest.importorskip("json")
    assert json.dumps(inc(41)) == "42"
#% warns_context: pytest.warns and recwarn
#: wrong: FutureWarning => UserWarning
import warnings
def soon(x):
    warnings.warn(f"{x} will go", FutureWarning)
    return x
#- tests
import pytest
def test_warns():
    with pytest.warns(FutureWarning, match="abc will go"):
        assert soon("abc") == "abc"
def test_recwarn(recwarn):
    soon("x")
    assert len(recwarn) == 1
    assert recwarn.pop(FutureWarning).category is FutureWarning
#% request_features: names, closures and indirect parameters
#: wrong: base ** power => base * power
def raised(base, power):
    return base ** power
#- tests
import pytest
@pytest.fixture
def base(request):
    return request.param + 1
@pytest.fixture
def named(request):
    return request.node.name
@pytest.mark.parametrize("base, want", [(1, 8), (2, 27)], indirect=["base"])
def test_indirect(base, want):
    assert raised(base, 3) == want
def test_name(named):
    assert named == "test_name"
    assert raised(2, 10) == 1024
#% usefixtures_mark: fixtures that are only used
#: wrong: STACK.pop() => STACK.pop(0)
STACK = []
def push(item):
    STACK.append(item)
def pop():
    return STACK.pop()
#- tests
import pytest
@pytest.fixture
def filled():
    STACK[:] = [1, 2, 3]
@pytest.mark.usefixtures("filled")
class TestPop:
    def test_last(self):
        assert pop() == 3
    def test_all(self):
        assert [pop(), pop(), pop()] == [3, 2, 1]
#% plain_asserts_with_messages: messages that are computed
#: wrong: ord(letter) - 97 => ord(letter) - 96
def number(letter):
    return ord(letter) - 97
#- tests
from solution import number
def test_letters():
    for letter, want in zip("abz", (0, 1, 25)):
        got = number(letter)
        assert got == want, f"{letter}: got {got}, not {want}"
def test_type():
    assert isinstance(number("q"), int), type(number("q"))
    assert number("q") == 16
#% hypothesis_like_loop: a property over many inputs, with a seed
#: wrong: return "".join(found) => return "".join(found[:20])
import itertools
def compress(text):
    found = []
    for letter, group in itertools.groupby(text):
        found.append(f"{letter}{len(list(group))}")
    return "".join(found)
#- tests
import random
import re
def expand(text):
    return "".join(letter * int(count) for letter, count in re.findall(r"(\D)(\d+)", text))
def test_round_trip():
    draw = random.Random(7)
    for _ in range(50):
        text = "".join(draw.choices("abc", k=draw.randint(0, 60)))
        assert expand(compress(text)) == text
def test_known():
    assert compress("aaabcc") == "a3b1c2"
#% asyncio_without_plugin: async tests that the file runs itself
#: wrong: * 1.1 => * 1.2
async def price(net):
    return round(net * 1.1, 2)
#- tests
import asyncio
import pytest
@pytest.fixture
def loop():
    made = asyncio.new_event_loop()
    yield made
    made.close()
def test_price(loop):
    assert loop.run_until_complete(price(10)) == 11.0
    assert loop.run_until_complete(price(19.99)) == 21.99
#% conftest_like_plugin: hooks in the file are just functions
#: wrong: sorted(words, key=len) => sorted(words)
def by_length(words):
    return sorted(words, key=len)
#- tests
import pytest
def pytest_generate_tests(metafunc):
    if "pair" in metafunc.fixturenames:
        metafunc.parametrize("pair", [(["ccc", "a"], ["a", "ccc"]), (["bb", "a", "c"], ["a", "c", "bb"])])
def test_pairs(pair):
    given, want = pair
    assert by_length(given) == want
