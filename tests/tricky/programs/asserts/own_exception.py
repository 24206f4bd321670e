# expect: accepted
# suite: unit_divide
# why: a subclass of the exception that the tests ask for
class CannotDivide(ValueError):
    pass


def divide(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        raise CannotDivide from None
