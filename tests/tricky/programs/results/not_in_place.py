# expect: wrong_answer
# suite: reverse
# why: a reversed copy is returned, the argument is left alone
def reverse(items):
    return items[::-1]
