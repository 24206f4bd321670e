# expect: accepted
# suite: sum2
# why: a recursive lambda bound at module level
add = lambda xs: xs[0] + add(xs[1:]) if xs else 0
print(add([int(x) for x in input().split()]))
