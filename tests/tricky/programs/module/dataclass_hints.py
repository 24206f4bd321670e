# expect: accepted
# suite: sum2
# why: hints are resolved in the main module
import typing
from dataclasses import dataclass, fields


@dataclass(order=True, frozen=True)
class Pair:
    a: "int"
    b: "Whole"


Whole = int
hints = typing.get_type_hints(Pair)
pair = Pair(*(hints[field.name](text) for field, text in zip(fields(Pair), input().split())))
print(pair.a + pair.b)
