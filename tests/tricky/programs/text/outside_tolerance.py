# expect: wrong_answer
# suite: third_float
# why: just outside of the tolerance
a, b = map(int, input().split())
print(a / b + 3e-5)
