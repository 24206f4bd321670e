# expect: wrong_answer, runtime_error
# suite: unit_divide
# why: another exception than the one that is asked for
def divide(a, b):
    if b == 0:
        raise TypeError("division by zero")
    return a / b
