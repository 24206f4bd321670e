# expect: accepted
# suite: sum2
# why: a method finds the module's name, not the class's
limit = 0


class Adder:
    limit = 100

    def add(self, a, b):
        return a + b + limit


print(Adder().add(*map(int, input().split())))
