# expect: accepted
# suite: sum2
# why: a class body reads the module's names
a, b = map(int, input().split())


class Answer:
    a = a
    b = b
    total = a + b


print(Answer.total)
