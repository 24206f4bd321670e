# expect: wrong_answer
# suite: letters
# why: a list of pairs where a dictionary is expected
def letters(word):
    return [[char, word.count(char)] for char in dict.fromkeys(word)]
