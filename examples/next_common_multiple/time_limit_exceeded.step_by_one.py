def next_common_multiple(number, divisors):
    while any(number % divisor for divisor in divisors):
        number += 1
    return number
