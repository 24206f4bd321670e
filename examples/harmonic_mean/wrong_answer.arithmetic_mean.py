def harmonic_mean(values):
    if not values or 0 in values:
        return 0.0
    return sum(values) / len(values)
