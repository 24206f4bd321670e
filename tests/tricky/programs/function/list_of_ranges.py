# expect: accepted
# suite: grid
# why: ranges stand for lists, the empty one too
def grid(n):
    return [range(0, i * n, i) if i else [0] * n for i in range(n)]
