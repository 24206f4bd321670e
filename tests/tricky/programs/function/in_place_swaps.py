# expect: accepted
# suite: reverse
# why: changed in place, and something returned beside it
def reverse(items):
    for i in range(len(items) // 2):
        items[i], items[~i] = items[~i], items[i]
    return len(items)
