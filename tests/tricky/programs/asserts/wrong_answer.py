# expect: wrong_answer, runtime_error
# suite: check_add
# why: simply wrong
def add(a, b):
    return a - b
