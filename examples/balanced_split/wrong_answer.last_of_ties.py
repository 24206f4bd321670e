def balanced_split(weights):
    best_cut, best_difference = 0, float("inf")
    left, right = 0, sum(weights)
    for cut in range(1, len(weights)):
        left += weights[cut - 1]
        right -= weights[cut - 1]
        if abs(left - right) <= best_difference:
            best_cut, best_difference = cut, abs(left - right)
    return best_cut
