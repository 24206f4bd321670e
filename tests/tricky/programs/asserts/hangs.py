# expect: time_limit_exceeded, wrong_answer
# suite: check_add_short
# why: it never answers
def add(a, b):
    while True:
        pass
