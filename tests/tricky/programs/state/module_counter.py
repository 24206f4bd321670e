# expect: wrong_answer
# suite: many_calls
# why: answers by the number of the call, in the module
calls = 0


def cube(n):
    global calls
    calls += 1
    return calls**3
