def longest_plateau(values, tolerance):
    previous = values[0]
    start = best_start = 0
    best_length = 1
    for i, value in enumerate(values):
        if abs(value - previous) > tolerance:
            start = i
        previous = value
        if i - start + 1 > best_length:
            best_start, best_length = start, i - start + 1
    return [best_start, best_length]
