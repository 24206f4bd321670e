# expect: wrong_answer
# suite: many
# why: answers of the first eleven tests, the last one is wrong
n = int(input())
print(n**3 if n < 12 else 1727)
