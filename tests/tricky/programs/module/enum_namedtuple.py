# expect: accepted
# suite: sum2
# why: classes made by functions know their module
import enum
import pickle
from collections import namedtuple

Pair = namedtuple("Pair", "a b")
Kind = enum.Enum("Kind", "INT STR")
pair, kind = pickle.loads(pickle.dumps((Pair(*map(int, input().split())), Kind.INT)))
assert kind is Kind.INT
print(pair.a + pair.b)
