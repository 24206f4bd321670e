def merge_stock(first, second):
    merged = dict(first)
    for item, count in second.items():
        merged[item] = merged.get(item, 0) + count
    return merged
