# expect: wrong_answer
# suite: greet
# why: a str that says equal
class Text(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def greet(name):
    return Text("")
