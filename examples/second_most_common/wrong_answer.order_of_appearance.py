from collections import Counter


def second_most_common(words):
    ranking = Counter(words).most_common(2)
    return ranking[1][0] if len(ranking) > 1 else None
