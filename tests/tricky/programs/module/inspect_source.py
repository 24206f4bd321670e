# expect: accepted
# suite: sum2
# why: the source file is where __file__ says
import inspect


def add(a, b):
    return a + b


assert inspect.getsource(add).startswith("def add")
assert "# why" in open(__file__).read()
print(add(*map(int, input().split())))
