from collections import Counter


def second_most_common(words: list[str]) -> str | None:
    counts = Counter(words)
    ranking = sorted(counts, key=lambda word: (-counts[word], word))
    return ranking[1] if len(ranking) > 1 else None
