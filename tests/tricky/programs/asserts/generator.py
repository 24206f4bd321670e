# expect: accepted
# suite: bare_count
# why: an iterator that the tests go through
def count_up(n):
    for i in range(n):
        yield i
