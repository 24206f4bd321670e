# expect: accepted
# suite: total
# why: open(0) is the usual short form for stdin
n, *numbers = open(0)
print(sum(map(int, numbers)))
