# expect: wrong_answer
# suite: many_calls
# why: answers by the number of the call, in a mutable default
def cube(n, calls=[]):
    calls.append(n)
    return len(calls) ** 3
