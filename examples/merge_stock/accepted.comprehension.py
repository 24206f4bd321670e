def merge_stock(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    sums = {item: first.get(item, 0) + second.get(item, 0) for item in first | second}
    return {item: count for item, count in sums.items() if count != 0}
