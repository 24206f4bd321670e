# expect: runtime_error, wrong_answer
# suite: check_add
# why: the function is missing
plus = lambda a, b: a + b
