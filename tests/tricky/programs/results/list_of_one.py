# expect: wrong_answer
# suite: add
# why: the right number, in a list
def add(a, b):
    return [a + b]
