# expect: accepted
# suite: bare_vector
# why: the same, written by a dataclass
from dataclasses import dataclass


@dataclass
class Vector:
    x: int
    y: int

    def __add__(self, other: "Vector") -> "Vector":
        return Vector(self.x + other.x, self.y + other.y)
