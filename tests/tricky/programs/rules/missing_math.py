# expect: runtime_error
# suite: sum2
# why: math is not imported
a, b = map(int, input().split())
print(math.floor(a + b))
