# expect: wrong_answer
# suite: sum2
# why: NaN, for those who compare with "not less, not greater"
print(float("nan"))
