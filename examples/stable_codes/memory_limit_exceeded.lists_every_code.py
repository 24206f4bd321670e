from itertools import product


def count_stable_codes(length, step):
    codes = list(product(range(10), repeat=length))
    stable = [code for code in codes if all(abs(a - b) <= step for a, b in zip(code, code[1:]))]
    return len(stable)
