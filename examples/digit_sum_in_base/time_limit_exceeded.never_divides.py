def digit_sum_in_base(number, base):
    total = 0
    rest = number
    while rest > 0:
        total += rest % base
        rest = number // base
    return total
