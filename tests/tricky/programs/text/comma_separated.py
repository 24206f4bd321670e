# expect: wrong_answer
# suite: squares
# why: commas instead of line ends
input()
print(*[int(x) ** 2 for x in input().split()], sep=",")
