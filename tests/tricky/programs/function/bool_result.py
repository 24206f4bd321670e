# expect: accepted
# suite: is_even
# why: a comparison is a bool
def isEven(n):
    return not n & 1
