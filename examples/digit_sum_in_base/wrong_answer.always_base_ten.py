def digit_sum_in_base(number, base):
    return sum(map(int, str(number)))
