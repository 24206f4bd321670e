# expect: runtime_error
# suite: sum2
# why: reduce and add are not imported
print(reduce(add, map(int, input().split())))
