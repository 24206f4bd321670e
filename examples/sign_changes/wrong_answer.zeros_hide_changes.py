def sign_changes(numbers):
    return sum(a * b < 0 for a, b in zip(numbers, numbers[1:]))
