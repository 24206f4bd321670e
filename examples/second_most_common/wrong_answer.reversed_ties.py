def second_most_common(words):
    pairs = sorted(((words.count(word), word) for word in set(words)), reverse=True)
    return pairs[1][1] if len(pairs) > 1 else None
