# expect: accepted
# suite: sum2
# why: nonlocal inside of functions
def counter():
    total = 0

    def add(x):
        nonlocal total
        total += x
        return total

    return add


add = counter()
print([add(int(x)) for x in input().split()][-1])
