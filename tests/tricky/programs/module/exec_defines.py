# expect: accepted
# suite: sum2
# why: exec at module level defines names there
exec("a, b = map(int, input().split())")
print(a + b)
