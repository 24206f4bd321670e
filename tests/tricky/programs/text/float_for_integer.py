# expect: wrong_answer
# suite: thousand
# why: 1000.0 where an integer is expected
print(int(input()) * 1e3)
