# expect: accepted
# suite: check_add
# why: names that test code uses too
check = candidate = test = unittest = None


def add(a, b):
    return a + b
