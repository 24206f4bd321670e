def longest_plateau(values, tolerance):
    if not values:
        return [-1, 0]
    best = [0, 1]
    start = 0
    for i in range(1, len(values)):
        if abs(values[i] - values[i - 1]) > tolerance:
            if i - start > best[1]:
                best = [start, i - start]
            start = i
    return best
