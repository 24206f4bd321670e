from collections import Counter


def merge_stock(first, second):
    return dict(Counter(first) + Counter(second))
