# expect: runtime_error
# suite: depth
# why: nobody raised the recursion limit
def total(n):
    return n and n + total(n - 1)


print(total(int(input())))
