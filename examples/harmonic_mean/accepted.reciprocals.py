def harmonic_mean(values: list[float]) -> float:
    if not values or 0 in values:
        return 0.0
    return len(values) / sum(1 / value for value in values)
