# expect: accepted
# suite: squares
# why: carriage returns are blanks
input()
print(*[int(x) ** 2 for x in input().split()], sep="\r\n", end="\r\n")
