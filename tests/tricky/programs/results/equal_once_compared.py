# expect: wrong_answer
# suite: add
# why: an object that turns into what it is compared with
class Late:
    value = None

    def __eq__(self, other):
        self.value = other
        return self.value == other

    def __repr__(self):
        return str(self.value)


def add(a, b):
    return Late()
