# expect: accepted
# suite: sum2
# why: an import below a condition binds a module's name
if True:
    import operator as op
    from functools import reduce as fold

print(fold(op.add, map(int, input().split())))
