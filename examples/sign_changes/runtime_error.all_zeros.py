def sign_changes(numbers):
    numbers = [n for n in numbers if n]
    sign = numbers[0] > 0
    changes = 0
    for n in numbers:
        if (n > 0) != sign:
            changes += 1
            sign = not sign
    return changes
