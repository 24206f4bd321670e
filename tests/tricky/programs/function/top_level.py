# expect: accepted
# suite: add
# why: a plain function
def add(a, b):
    return a + b
