# expect: wrong_answer
# suite: is_one_call
# why: True where 1 is expected
def isOne(n):
    return n == 1
