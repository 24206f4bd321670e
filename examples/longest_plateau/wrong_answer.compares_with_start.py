def longest_plateau(values, tolerance):
    best = [-1, 0]
    start = 0
    for i, value in enumerate(values):
        if abs(value - values[start]) > tolerance:
            start = i
        if i - start + 1 > best[1]:
            best = [start, i - start + 1]
    return best
