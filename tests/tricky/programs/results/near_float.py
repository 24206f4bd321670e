# expect: wrong_answer
# suite: half
# why: nearly right, and no tolerance was granted
def half(n):
    return n / 2 + 1e-9
