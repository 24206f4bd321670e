# expect: accepted
# suite: fib
# why: a mutable default as memory, keyed by its argument
def fib(n, seen={0: 0, 1: 1}):
    if n not in seen:
        seen[n] = fib(n - 1) + fib(n - 2)
    return seen[n]
