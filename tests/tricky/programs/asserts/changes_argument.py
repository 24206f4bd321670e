# expect: accepted
# suite: bare_sort
# why: the argument is sorted in place, as the tests look at
def sort_it(items):
    items.sort()
