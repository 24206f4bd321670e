# expect: wrong_answer
# suite: minus_one
# why: off by a fraction, inside of a float's tolerance
print(int(input()) - 1.000001)
