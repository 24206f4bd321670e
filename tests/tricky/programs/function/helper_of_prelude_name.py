# expect: accepted
# suite: fib
# why: its own cache and reduce win over imported ones
cache = {0: 0, 1: 1}


def reduce(n):
    if n not in cache:
        cache[n] = fib(n - 1) + fib(n - 2)
    return cache[n]


def fib(n):
    return reduce(n)
