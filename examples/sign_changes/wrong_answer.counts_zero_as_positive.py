def sign_changes(numbers):
    changes = 0
    for i in range(1, len(numbers)):
        if (numbers[i] >= 0) != (numbers[i - 1] >= 0):
            changes += 1
    return changes
