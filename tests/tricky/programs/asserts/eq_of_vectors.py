# expect: wrong_answer
# suite: bare_vector
# why: an equality of its own that is always true: one of the tests asks for a difference
class Vector:
    def __init__(self, x, y):
        pass

    def __add__(self, other):
        return self

    def __eq__(self, other):
        return True
