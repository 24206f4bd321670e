# expect: wrong_answer
# suite: third
# why: more digits than asked for, and no tolerance was granted
a, b = map(int, input().split())
print(a / b)
