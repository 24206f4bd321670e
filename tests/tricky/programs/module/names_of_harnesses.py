# expect: accepted
# suite: sum2
# why: names that wrappers like to use for themselves
code, method, tmp_sol, wrapped_function, stdin, stdout = 1, 2, 3, 4, 5, 6
result = list(map(int, input().split()))
output = expected = None
print(sum(result))
