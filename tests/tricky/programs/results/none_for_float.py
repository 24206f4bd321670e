# expect: wrong_answer
# suite: half
# why: None where a float is expected
def half(n):
    return None
