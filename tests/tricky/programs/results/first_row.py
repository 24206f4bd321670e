# expect: wrong_answer
# suite: grid
# why: the first row where all rows are expected
def grid(n):
    return [0] * n
