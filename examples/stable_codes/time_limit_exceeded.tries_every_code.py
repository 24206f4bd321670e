def count_stable_codes(length, step):
    def extend(code):
        if len(code) == length:
            return 1
        total = 0
        for digit in "0123456789":
            if not code or abs(int(digit) - int(code[-1])) <= step:
                total += extend(code + digit)
        return total

    return extend("")
