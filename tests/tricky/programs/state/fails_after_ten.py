# expect: wrong_answer
# suite: many
# why: right on ten tests
print(min(int(input()) ** 3, 1000))
