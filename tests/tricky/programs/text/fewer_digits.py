# expect: wrong_answer
# suite: third
# why: fewer digits than asked for, and no tolerance was granted
a, b = map(int, input().split())
print(round(a / b, 3))
