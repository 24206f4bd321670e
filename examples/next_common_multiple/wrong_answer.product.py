def next_common_multiple(number, divisors):
    step = 1
    for divisor in divisors:
        step *= divisor
    return (number + step - 1) // step * step
