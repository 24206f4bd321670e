# expect: accepted
# suite: check_add
# why: the usual form
def add(a, b):
    return a + b
