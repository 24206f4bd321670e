# expect: wrong_answer
# suite: third_float
# why: a complex number with the right real part
a, b = map(int, input().split())
print(complex(a / b, 0))
