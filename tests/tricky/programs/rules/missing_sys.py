# expect: runtime_error
# suite: sum2
# why: sys is not imported
print(sum(map(int, sys.stdin.readline().split())))
