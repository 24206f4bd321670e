# expect: runtime_error
# suite: sum2
# why: True is exit code 1
print(sum(map(int, input().split())))
exit(True)
