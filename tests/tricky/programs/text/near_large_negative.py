# expect: wrong_answer
# suite: minus_one
# why: off by one in a million, inside of a float's tolerance
print(int(input()))
