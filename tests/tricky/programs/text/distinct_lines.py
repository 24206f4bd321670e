# expect: wrong_answer
# suite: squares
# why: the right set of lines
input()
print(*dict.fromkeys(int(x) ** 2 for x in input().split()), sep="\n")
