# expect: accepted
# suite: sum2
# why: private names are mangled by their class only
__offset = 0


class Adder:
    __start = 0

    def add(self, numbers):
        self.__start += sum(numbers)
        return self.__start


print(Adder().add(map(int, input().split())) + __offset)
