def digit_sum_in_base(number, base):
    total = 0
    while number > 0:
        total += number % base
        number = int(number / base)
    return total
