# expect: accepted
# suite: grid
# why: tuples inside of tuples stand for lists
def grid(n):
    return tuple(tuple(i * j for j in range(n)) for i in range(n))
