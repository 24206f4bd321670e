# expect: wrong_answer
# suite: add
# why: a class whose metaclass says equal
class Meta(type):
    def __eq__(cls, other):
        return True

    __hash__ = None


class Anything(metaclass=Meta):
    pass


def add(a, b):
    return Anything
