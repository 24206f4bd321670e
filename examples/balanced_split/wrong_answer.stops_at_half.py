def balanced_split(weights):
    if len(weights) < 2:
        return 0
    total = sum(weights)
    left = 0
    for i in range(len(weights) - 1):
        left += weights[i]
        if 2 * left >= total:
            return i + 1
    return len(weights) - 1
