def harmonic_mean(values):
    if not values or min(values) == 0:
        return 0.0
    return len(values) // sum(1 / v for v in values)
