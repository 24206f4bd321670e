# expect: wrong_answer
# suite: sum2
# why: defined, and never called
def wrapped_function():
    code()


def code():
    print(sum(map(int, input().split())))
