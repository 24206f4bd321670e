# expect: runtime_error
# suite: sum2
# why: stdin is not imported from sys
print(sum(map(int, stdin.readline().split())))
