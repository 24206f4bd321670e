# expect: wrong_answer
# suite: is_even
# why: 1 where true is expected
def isEven(n):
    return 1 - n % 2
