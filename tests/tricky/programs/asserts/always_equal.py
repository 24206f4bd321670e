# expect: wrong_answer, runtime_error
# suite: check_add
# why: an object that equals everything
class Anything:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __bool__(self):
        return True


def add(a, b):
    return Anything()
