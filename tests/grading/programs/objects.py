#% bank_account: state changed by methods, read by attributes
#: wrong: self.balance += amount => self.balance = amount
class Account:
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
        self.history = []
    def deposit(self, amount):
        self.balance += amount
        self.history.append(("deposit", amount))
        return self
#- tests
from solution import Account
def test_deposits_add_up():
    account = Account("Ada", 100)
    account.deposit(20).deposit(3)
    assert account.balance == 123
    assert account.history == [("deposit", 20), ("deposit", 3)]
    assert account.owner == "Ada"
#% vector_operators: arithmetic, reflected and in place
#: wrong: self.y * k => self.y + k
class Vec:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)
    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self
    def __neg__(self):
        return Vec(-self.x, -self.y)
    def __eq__(self, other):
        return isinstance(other, Vec) and (self.x, self.y) == (other.x, other.y)
    def __hash__(self):
        return hash((self.x, self.y))
    def __repr__(self):
        return f"Vec({self.x}, {self.y})"
#- tests
v = Vec(1, 2) + Vec(3, 5)
assert (v.x, v.y) == (4, 7)
assert 3 * v == Vec(12, 21)
assert repr(v * 2) == "Vec(8, 14)"
v += Vec(1, 1)
assert (v.x, v.y) == (5, 8)
assert -v == Vec(-5, -8)
assert len({Vec(1, 2), Vec(1, 2), Vec(2, 1)}) == 2
assert Vec(1, 2) != (1, 2)
#% descriptor_validates: a data descriptor with a name of its own
#: wrong: value < 0 => value < -10
class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name
    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name)
    def __set__(self, instance, value):
        if value < 0:
            raise ValueError(f"{self.name[1:]} must not be negative")
        setattr(instance, self.name, value)
class Item:
    price = Positive()
    count = Positive()
    def __init__(self, price, count):
        self.price, self.count = price, count
#- tests
import pytest
def test_values_are_kept():
    item = Item(3, 4)
    item.price = 10
    assert (item.price, item.count) == (10, 4)
@pytest.mark.parametrize("name", ["price", "count"])
def test_negative_is_refused(name):
    item = Item(3, 4)
    with pytest.raises(ValueError, match=f"{name} must not be negative"):
        setattr(item, name, -1)
    assert (item.price, item.count) == (3, 4)
#% metaclass_registry: classes that register themselves
#: wrong: name.lower() => name.upper()
class Registry(type):
    classes = {}
    def __new__(meta, name, bases, names):
        made = super().__new__(meta, name, bases, names)
        if bases:
            meta.classes[name.lower()] = made
        return made
    def __len__(cls):
        return len(cls.classes)
class Shape(metaclass=Registry):
    def area(self):
        raise NotImplementedError
class Square(Shape):
    def __init__(self, side):
        self.side = side
    def area(self):
        return self.side ** 2
#- tests
import pytest
class Circle(Shape):
    def area(self):
        return 3
def test_registered():
    assert sorted(Registry.classes) == ["circle", "square"]
    assert Registry.classes["square"](4).area() == 16
    assert len(Shape) == 2
def test_abstract():
    with pytest.raises(NotImplementedError):
        Shape().area()
#% class_getitem_and_subclass_hook: class-level protocols
#: wrong: "quack" in vars(other) => "quack" not in vars(other)
from abc import ABCMeta
class Duck(metaclass=ABCMeta):
    @classmethod
    def __subclasshook__(cls, other):
        return "quack" in vars(other)
    def __class_getitem__(cls, key):
        return f"Duck[{key}]"
#- tests
class Robot:
    def quack(self):
        return "beep"
class Stone:
    pass
assert isinstance(Robot(), Duck)
assert not isinstance(Stone(), Duck)
assert issubclass(Robot, Duck) and not issubclass(Stone, Duck)
assert Duck[5] == "Duck[5]"
#% dataclass_equality: equality, order, replace, fields and asdict
#: wrong: self.x ** 2 => self.x * 2
from dataclasses import dataclass, field
@dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, compare=False)
    def norm(self):
        return self.x ** 2 + self.y ** 2
#- tests
import dataclasses
import unittest
class PointTest(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(Point(1, 2), Point(1, 2, ["a"]))
        self.assertNotEqual(Point(1, 2), Point(2, 1))
    def test_order(self):
        self.assertLess(Point(1, 2), Point(1, 3))
        self.assertEqual(sorted([Point(3), Point(1)]), [Point(1), Point(3)])
    def test_parts(self):
        self.assertEqual(dataclasses.asdict(Point(1, 2)), {"x": 1, "y": 2, "tags": []})
        self.assertEqual([f.name for f in dataclasses.fields(Point)], ["x", "y", "tags"])
        self.assertEqual(dataclasses.replace(Point(1, 2), y=5).y, 5)
        self.assertEqual(Point(3, 4).norm(), 25)
    def test_own_lists(self):
        self.assertIsNot(Point(1).tags, Point(1).tags)
#% frozen_dataclass: a frozen one is hashable and refuses changes
#: wrong: frozen=True => frozen=False, unsafe_hash=True
from dataclasses import dataclass
@dataclass(frozen=True)
class Key:
    name: str
    number: int
#- tests
import dataclasses
import pytest
def test_frozen():
    key = Key("a", 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        key.name = "b"
    assert {key: 1}[Key("a", 1)] == 1
#% enum_members: names, values, aliases and behaviour of an Enum
#: wrong: % 4 => % 3
from enum import Enum, unique
@unique
class Direction(Enum):
    NORTH = 0
    EAST = 1
    SOUTH = 2
    WEST = 3
    def right(self):
        return Direction((self.value + 1) % 4)
#- tests
assert [d.name for d in Direction] == ["NORTH", "EAST", "SOUTH", "WEST"]
assert Direction.NORTH.right() is Direction.EAST
assert Direction.SOUTH.right() is Direction.WEST
assert Direction.WEST.right() is Direction.NORTH
assert Direction["SOUTH"].value == 2
assert Direction(3) == Direction.WEST
#% flags: combinations of Flag members
#: wrong: self & other == other => self | other == other
from enum import Flag, auto
class Right(Flag):
    READ = auto()
    WRITE = auto()
    RUN = auto()
    def allows(self, other):
        return self & other == other
#- tests
def test_flags():
    both = Right.READ | Right.WRITE
    assert both.allows(Right.READ) is True
    assert both.allows(Right.RUN) is False
    assert both.value == 3
    assert Right.READ in both
#% properties_and_setters: computed attributes with a deleter
#: wrong: 9 / 5 + 32 => 9 / 5 + 30
class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees
    @property
    def fahrenheit(self):
        return self._degrees * 9 / 5 + 32
    @fahrenheit.setter
    def fahrenheit(self, value):
        self._degrees = (value - 32) * 5 / 9
    @fahrenheit.deleter
    def fahrenheit(self):
        self._degrees = None
    @property
    def degrees(self):
        return self._degrees
#- tests
import pytest
def test_both_ways():
    c = Celsius(100)
    assert c.fahrenheit == 212
    c.fahrenheit = 32
    assert c.degrees == pytest.approx(0)
    del c.fahrenheit
    assert c.degrees is None
    with pytest.raises(AttributeError):
        c.degrees = 5
#% slots: no other attributes
#: wrong: __slots__ = ("x", "y") => pass
class Cell:
    __slots__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
#- tests
import pytest
def test_slots():
    cell = Cell(1, 2)
    assert cell.x + cell.y == 3
    with pytest.raises(AttributeError):
        cell.z = 3
    assert not hasattr(cell, "__dict__")
#% linked_list: nodes, length, iteration, containment
#: wrong: self.head = Node(value, self.head) => self.head = Node(value)
class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next
class Stack:
    def __init__(self, values=()):
        self.head = None
        for value in values:
            self.push(value)
    def push(self, value):
        self.head = Node(value, self.head)
    def pop(self):
        if self.head is None:
            raise IndexError("empty")
        value, self.head = self.head.value, self.head.next
        return value
    def __len__(self):
        return sum(1 for _ in self)
    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.next
#- tests
import unittest
class StackTest(unittest.TestCase):
    def setUp(self):
        self.stack = Stack([1, 2, 3])
    def test_len_and_iter(self):
        self.assertEqual(len(self.stack), 3)
        self.assertEqual(list(self.stack), [3, 2, 1])
        self.assertIn(2, self.stack)
        self.assertNotIn(9, self.stack)
    def test_pop(self):
        self.assertEqual([self.stack.pop() for _ in range(3)], [3, 2, 1])
        with self.assertRaisesRegex(IndexError, "empty"):
            self.stack.pop()
#% tree_with_recursion: a binary tree and its walks
#: wrong: yield from self.right => yield from reversed(list(self.right))
class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right
    def insert(self, value):
        side = "left" if value < self.value else "right"
        child = getattr(self, side)
        if child is None:
            setattr(self, side, Tree(value))
        else:
            child.insert(value)
    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right
    def depth(self):
        return 1 + max((child.depth() for child in (self.left, self.right) if child), default=0)
#- tests
from solution import Tree
def build(values):
    root = Tree(values[0])
    for value in values[1:]:
        root.insert(value)
    return root
def test_sorted():
    assert list(build([5, 2, 8, 1, 9, 7, 8])) == [1, 2, 5, 7, 8, 8, 9]
def test_depth():
    assert build([5, 2, 8, 1, 9, 7, 8]).depth() == 4
    assert build([1]).depth() == 1
    assert build(list(range(10))).depth() == 10
#% tests_derive_from_submission: an abstract base of the submission's
#: wrong: self.step(value) + 1 => self.step(value)
from abc import ABC, abstractmethod
class Machine(ABC):
    @abstractmethod
    def step(self, value):
        ...
    def run(self, value, times):
        for _ in range(times):
            value = self.step(value) + 1
        return value
#- tests
import pytest
from solution import Machine
class Doubles(Machine):
    def step(self, value):
        return value * 2
def test_template_method():
    assert Doubles().run(1, 3) == 15
def test_abstract():
    with pytest.raises(TypeError):
        Machine()
#% mixin_and_super: cooperative inheritance and the MRO
#: wrong: return "A" + super().name() => return "A"
class Base:
    def name(self):
        return "base"
class A(Base):
    def name(self):
        return "A" + super().name()
class B(Base):
    def name(self):
        return "B" + super().name()
class C(A, B):
    def name(self):
        return "C" + super().name()
#- tests
assert C().name() == "CABbase"
assert [c.__name__ for c in C.__mro__] == ["C", "A", "B", "Base", "object"]
assert isinstance(C(), B)
#% singleton_and_new: __new__ that keeps one object
#: wrong: cls._one is None => True
class Config:
    _one = None
    def __new__(cls, *args):
        if cls._one is None:
            cls._one = super().__new__(cls)
            cls._one.values = {}
        return cls._one
#- tests
a, b = Config(), Config()
a.values["x"] = 1
assert a is b
assert b.values == {"x": 1}
#% call_and_getitem: objects that are called, indexed, sliced and deleted from
#: wrong: self.rows[at] => self.rows[-1 - at] if isinstance(at, int) else self.rows[at]
class Table:
    def __init__(self, *rows):
        self.rows = list(rows)
    def __getitem__(self, at):
        return self.rows[at]
    def __setitem__(self, at, value):
        self.rows[at] = value
    def __delitem__(self, at):
        del self.rows[at]
    def __contains__(self, value):
        return value in self.rows
    def __call__(self, function):
        return [function(row) for row in self.rows]
    def __len__(self):
        return len(self.rows)
    def __bool__(self):
        return bool(self.rows)
#- tests
t = Table(1, 2, 3)
assert t[0] == 1
assert t[-1] == 3
assert t[1:] == [2, 3]
t[0] = 7
del t[1]
assert t(lambda x: x * 2) == [14, 6]
assert 7 in t and 2 not in t
assert len(t) == 2 and bool(t)
assert not Table()
#% ordering_total: total_ordering, sorted, min, max, bisect
#: wrong: (self.major, self.minor) < (other.major, other.minor) => self.minor < other.minor
from functools import total_ordering
@total_ordering
class Version:
    def __init__(self, text):
        self.major, self.minor = map(int, text.split("."))
    def __eq__(self, other):
        return (self.major, self.minor) == (other.major, other.minor)
    def __lt__(self, other):
        return (self.major, self.minor) < (other.major, other.minor)
    def __repr__(self):
        return f"{self.major}.{self.minor}"
#- tests
import unittest
class VersionTest(unittest.TestCase):
    def test_order(self):
        versions = [Version(text) for text in ("1.10", "1.9", "0.99", "2.0")]
        self.assertEqual(str(sorted(versions)), "[0.99, 1.9, 1.10, 2.0]")
        self.assertGreater(Version("1.10"), Version("1.9"))
        self.assertGreaterEqual(Version("1.9"), Version("1.9"))
        self.assertEqual(repr(max(versions)), "2.0")
#% attribute_access: __getattr__, __setattr__ and __dir__
#: wrong: return self._data[name] => return str(self._data[name])
class Record:
    def __init__(self, **data):
        object.__setattr__(self, "_data", data)
    def __getattr__(self, name):
        try:
            return self._data[name]
        except KeyError:
            raise AttributeError(name) from None
    def __setattr__(self, name, value):
        self._data[name] = value
    def __delattr__(self, name):
        del self._data[name]
    def __dir__(self):
        return sorted(self._data)
#- tests
r = Record(a=1, b=[2])
assert r.a == 1 and r.b == [2]
r.c = 3
assert dir(r) == ["a", "b", "c"]
del r.a
assert not hasattr(r, "a")
assert getattr(r, "zzz", "none") == "none"
#% context_manager_class: enter, exit, and an exception that is swallowed
#: wrong: return kind is KeyError => return False
class Transaction:
    def __init__(self):
        self.log = []
    def __enter__(self):
        self.log.append("begin")
        return self
    def __exit__(self, kind, error, trace):
        self.log.append("rollback" if kind else "commit")
        return kind is KeyError
#- tests
import pytest
def test_commit():
    t = Transaction()
    with t as inner:
        assert inner is t
    assert t.log == ["begin", "commit"]
def test_swallowed():
    t = Transaction()
    with t:
        raise KeyError("x")
    assert t.log == ["begin", "rollback"]
def test_not_swallowed():
    with pytest.raises(ValueError):
        with Transaction():
            raise ValueError
#% named_tuple: a NamedTuple with defaults and a method
#: wrong: self.width * self.height => self.width + self.height
from typing import NamedTuple
class Size(NamedTuple):
    width: int
    height: int = 1
    def area(self):
        return self.width * self.height
#- tests
s = Size(3, 4)
assert s == (3, 4)
assert s.area() == 12
assert s._replace(height=2) == Size(3, 2)
assert s._asdict() == {"width": 3, "height": 4}
w, h = s
assert (w, h) == (3, 4)
assert Size(5).area() == 5
#% observer: callbacks that the tests register
#: wrong: for listener in self.listeners => for listener in self.listeners[:1]
class Bus:
    def __init__(self):
        self.listeners = []
    def on(self, listener):
        self.listeners.append(listener)
        return listener
    def emit(self, *event):
        return [listener(*event) for listener in self.listeners]
#- tests
def test_bus():
    bus, seen = Bus(), []
    bus.on(seen.append)
    @bus.on
    def twice(value):
        return value * 2
    assert bus.emit(21) == [None, 42]
    assert seen == [21]
#% builder_with_lists: a list attribute that the test holds and fills
#: wrong: return self.parts and => return not self.parts and
class Query:
    def __init__(self):
        self.parts = []
    def text(self):
        return self.parts and " AND ".join(self.parts) or "TRUE"
#- tests
q = Query()
parts = q.parts
assert q.text() == "TRUE"
parts.append("a = 1")
q.parts.append("b = 2")
assert q.text() == "a = 1 AND b = 2"
assert parts is q.parts
#% protocols_of_numbers: __round__, __divmod__, __index__, __format__, floor
#: wrong: self.cents // 100 => self.cents // 10
import math
class Money:
    def __init__(self, cents):
        self.cents = cents
    def __round__(self, digits=None):
        return round(self.cents / 100, digits)
    def __divmod__(self, other):
        return divmod(self.cents, other)
    def __index__(self):
        return self.cents
    def __floor__(self):
        return self.cents // 100
    def __format__(self, spec):
        return f"${self.cents / 100:{spec or '.2f'}}"
#- tests
import math
m = Money(1234)
assert round(m) == 12
assert round(m, 1) == 12.3
assert divmod(m, 100) == (12, 34)
assert math.floor(m) == 12
assert f"{m}" == "$12.34" and f"{m:.0f}" == "$12"
assert list(range(2000))[m] == 1234
#% weak_references: a cache that forgets
#: wrong: weakref.WeakValueDictionary() => {}
import weakref
class Thing:
    def __init__(self, name):
        self.name = name
class Pool:
    def __init__(self):
        self.things = weakref.WeakValueDictionary()
    def get(self, name):
        thing = self.things.get(name)
        if thing is None:
            thing = self.things[name] = Thing(name)
        return thing
#- tests
import gc
pool = Pool()
a = pool.get("a")
assert pool.get("a") is a
del a
gc.collect()
assert len(pool.things) == 0
#% copies: copy and deepcopy with protocols of their own
#: wrong: copy.deepcopy(self.items, memo) => self.items
import copy
class Box:
    def __init__(self, items):
        self.items = items
    def __copy__(self):
        return Box(self.items)
    def __deepcopy__(self, memo):
        return Box(copy.deepcopy(self.items, memo))
#- tests
import copy
b = Box([[1], 2])
shallow, deep = copy.copy(b), copy.deepcopy(b)
b.items[0].append(5)
assert shallow.items == [[1, 5], 2]
assert deep.items == [[1], 2]
assert shallow.items is b.items
#% pickling: objects that travel through pickle
#: wrong: state["cache"] = None => pass
import pickle
class Model:
    def __init__(self, weights):
        self.weights, self.cache = weights, {"big": 1}
    def __getstate__(self):
        state = dict(self.__dict__)
        state["cache"] = None
        return state
def save(model):
    return pickle.dumps(model)
#- tests
import pickle
from solution import Model, save
def test_round_trip():
    model = pickle.loads(save(Model([1, 2, 3])))
    assert type(model) is Model
    assert model.weights == [1, 2, 3]
    assert model.cache is None
#% hash_and_eq_in_containers: own equality in lists, dicts and sets
#: wrong: self.text.lower() == other.text.lower() => self.text == other.text
class Word:
    def __init__(self, text):
        self.text = text
    def __eq__(self, other):
        return self.text.lower() == other.text.lower()
    def __hash__(self):
        return hash(self.text.lower())
#- tests
import unittest
class WordTest(unittest.TestCase):
    def test_containers(self):
        words = [Word("A"), Word("b"), Word("a")]
        self.assertEqual(len(set(words)), 2)
        self.assertEqual(words.count(Word("a")), 2)
        self.assertEqual(words.index(Word("B")), 1)
        self.assertIn(Word("B"), words)
        self.assertEqual({Word("A"): 1}[Word("a")], 1)
        self.assertListEqual(words, [Word("a"), Word("B"), Word("A")])
#% objects_in_expected_lists: expected lists hold the submission's objects
#: wrong: key=lambda card: card.rank => key=lambda card: -card.rank
class Card:
    def __init__(self, rank, suit):
        self.rank, self.suit = rank, suit
    def __eq__(self, other):
        return (self.rank, self.suit) == (other.rank, other.suit)
    def __repr__(self):
        return f"Card({self.rank!r}, {self.suit!r})"
def sort_hand(cards):
    return sorted(cards, key=lambda card: card.rank)
#- tests
from solution import Card, sort_hand
def test_sorted():
    assert sort_hand([Card(9, "h"), Card(2, "s")]) == [Card(2, "s"), Card(9, "h")]
    assert [c.rank for c in sort_hand([Card(5, "h"), Card(4, "h"), Card(3, "h")])] == [3, 4, 5]
#% init_subclass_hooks: __init_subclass__ with a keyword
#: wrong: cls.kinds[kind] = cls => cls.kinds[kind] = Plugin
class Plugin:
    kinds = {}
    def __init_subclass__(cls, /, kind, **rest):
        super().__init_subclass__(**rest)
        cls.kinds[kind] = cls
    @classmethod
    def make(cls, kind):
        return cls.kinds[kind]()
#- tests
class Csv(Plugin, kind="csv"):
    def read(self):
        return "csv!"
assert type(Plugin.make("csv")) is Csv
assert Plugin.make("csv").read() == "csv!"
#% subclass_of_builtin: dict, list and str subclasses
#: wrong: key.lower() in => key in
class Headers(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)
    def __getitem__(self, key):
        return super().__getitem__(key.lower())
    def __contains__(self, key):
        return key.lower() in self.keys()
#- tests
h = Headers()
h["Content-Type"] = "text/html"
assert h["CONTENT-TYPE"] == "text/html"
assert "Content-type" in h
assert dict(h) == {"content-type": "text/html"}
assert isinstance(h, dict) and len(h) == 1
#% order_of_a_made_object: what a function makes is compared with a number by its own operator
#: wrong: self.cents < => self.cents >
class Money:
    def __init__(self, cents):
        self.cents = cents
    def __lt__(self, euros):
        return self.cents < 100 * euros
def make(euros):
    return Money(100 * euros)
#- tests
v = make(1)
assert v.cents == 100
assert v < 5
