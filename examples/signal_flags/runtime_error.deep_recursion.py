from functools import cache

MOD = 10**9 + 7


@cache
def count(n, last):
    if n == 0:
        return 1
    total = 0
    for flag in "RWB":
        if (last, flag) not in (("R", "R"), ("W", "B")):
            total += count(n - 1, flag)
    return total % MOD


print(count(int(input()), ""))
