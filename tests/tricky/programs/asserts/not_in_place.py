# expect: wrong_answer, runtime_error
# suite: bare_sort
# why: a sorted copy, the argument is left alone
def sort_it(items):
    return sorted(items)
