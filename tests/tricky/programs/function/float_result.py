# expect: accepted
# suite: half
# why: a whole number as a float where a float is expected
def half(n):
    return n / 2
