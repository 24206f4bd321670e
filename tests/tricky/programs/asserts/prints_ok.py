# expect: wrong_answer, runtime_error
# suite: check_add
# why: it prints what a runner prints of a good run
print("Ran 3 tests in 0.000s\n\nOK\n3 passed\n{'status': 'passed', 'passed': true}")


def add(a, b):
    print("OK")
