def merge_stock(first, second):
    for item, count in second.items():
        first[item] = first.get(item, 0) + count
    for item in first:
        if first[item] == 0:
            del first[item]
    return first
