def longest_plateau(values: list[int], tolerance: int) -> list[int]:
    if not values:
        return [-1, 0]
    best_start, best_length, start = 0, 1, 0
    for i in range(1, len(values)):
        if abs(values[i] - values[i - 1]) > tolerance:
            start = i
        if i - start + 1 > best_length:
            best_start, best_length = start, i - start + 1
    return [best_start, best_length]
