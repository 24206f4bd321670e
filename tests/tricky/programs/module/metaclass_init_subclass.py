# expect: accepted
# suite: sum2
# why: work is done while classes are made
registry = {}


class Base:
    def __init_subclass__(cls, *, key):
        registry[key] = cls


class Add(Base, key="+"):
    def __new__(cls, *numbers):
        return sum(numbers)


print(registry["+"](*map(int, input().split())))
