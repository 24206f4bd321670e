# expect: wrong_answer
# suite: large_plus_one
# why: equal as floats, not as integers
print(int(float(int(input()) + 1)))
