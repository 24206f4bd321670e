# expect: wrong_answer
# suite: letters
# why: a dict that says equal
class Same(dict):
    def __eq__(self, other):
        return True


def letters(word):
    return Same()
