def second_most_common(words):
    ranking = sorted(set(words), key=lambda word: (-words.count(word), word))
    return ranking[1]
