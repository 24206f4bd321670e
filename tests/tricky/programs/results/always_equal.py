# expect: wrong_answer
# suite: add
# why: an object that equals everything
class Anything:
    def __eq__(self, other):
        return True


def add(a, b):
    return Anything()
