# expect: wrong_answer
# suite: squares
# why: one line too many, of the same kind
input()
for x in [*map(int, input().split()), 0]:
    print(x * x)
