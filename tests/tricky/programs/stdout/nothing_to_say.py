# expect: accepted
# suite: below
# why: an empty output where an empty one is expected
print(*range(int(input())))
