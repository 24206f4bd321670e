# expect: compile_error
# suite: sum2
# why: nonlocal at module level
a, b = map(int, input().split())


class Adder:
    nonlocal a
    a = a + b


print(a)
