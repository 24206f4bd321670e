# expect: wrong_answer
# suite: add
# why: 3.0 where 3 is expected
def add(a, b):
    return float(a + b)
