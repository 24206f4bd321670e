# expect: accepted
# suite: squares
# why: descriptor 1 opened by number
input()
with open(1, "w") as out:
    for x in input().split():
        print(int(x) ** 2, file=out)
