# expect: wrong_answer
# suite: add
# why: "3" where 3 is expected
def add(a, b):
    return str(a + b)
