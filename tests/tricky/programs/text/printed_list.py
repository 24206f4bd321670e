# expect: wrong_answer
# suite: squares
# why: a Python list instead of its elements
input()
print([int(x) ** 2 for x in input().split()])
