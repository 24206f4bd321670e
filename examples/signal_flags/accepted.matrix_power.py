MODULUS = 1_000_000_007
MAY_FOLLOW = [[0, 1, 1], [1, 1, 0], [1, 1, 1]]  # red, white, blue: a row for the left flag, a column for the right

Matrix = list[list[int]]


def product(left: Matrix, right: Matrix) -> Matrix:
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) % MODULUS for column in columns] for row in left]


def power(base: Matrix, exponent: int) -> Matrix:
    result = [[int(i == j) for j in range(3)] for i in range(3)]
    while exponent:
        if exponent & 1:
            result = product(result, base)
        base = product(base, base)
        exponent >>= 1
    return result


print(sum(map(sum, power(MAY_FOLLOW, int(input()) - 1))) % MODULUS)
