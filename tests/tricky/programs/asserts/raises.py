# expect: accepted
# suite: unit_divide
# why: the exception that the tests ask for
def divide(a, b):
    if b == 0:
        raise ValueError("division by zero")
    return a / b
