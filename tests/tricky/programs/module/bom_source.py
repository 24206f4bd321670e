# expect: accepted
# suite: sum2
# why: a byte order mark before the first line
print(sum(map(int, input().split())))
