# expect: accepted
# suite: bare_counter
# why: state between the calls of one test run is the program's
calls = 0


def tick():
    global calls
    calls += 1
    return calls
