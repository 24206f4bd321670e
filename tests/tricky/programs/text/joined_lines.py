# expect: wrong_answer
# suite: squares
# why: the right digits without anything between
input()
print(*[int(x) ** 2 for x in input().split()], sep="")
