# expect: accepted
# suite: add
# why: the method is a parent's
class Base:
    def add(self, a, b):
        return a + b


class Solution(Base):
    __slots__ = ()
