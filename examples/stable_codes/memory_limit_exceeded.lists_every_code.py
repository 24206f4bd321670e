def count_stable_codes(length, step):
    codes = [[digit] for digit in range(10)]
    for _ in range(length - 1):
        longer = []
        for code in codes:
            for digit in range(10):
                if abs(digit - code[-1]) <= step:
                    longer.append(code + [digit])
        codes = longer
    return len(codes)
