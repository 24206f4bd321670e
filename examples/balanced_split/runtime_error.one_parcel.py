def balanced_split(weights):
    return min(range(1, len(weights)), key=lambda cut: abs(sum(weights[:cut]) - sum(weights[cut:])))
