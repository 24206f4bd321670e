# expect: wrong_answer, runtime_error
# suite: half
# why: NaN is not equal to anything
def half(n):
    return float("nan")
