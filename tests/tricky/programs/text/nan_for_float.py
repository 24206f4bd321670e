# expect: wrong_answer
# suite: third_float
# why: NaN is near nothing
print("nan")
