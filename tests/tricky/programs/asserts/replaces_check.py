# expect: wrong_answer, runtime_error
# suite: check_add
# why: it brings a check of its own, which does nothing
def check(candidate):
    pass


def add(a, b):
    return None
