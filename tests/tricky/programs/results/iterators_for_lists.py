# expect: wrong_answer
# suite: grid
# why: lists were asked for; only the outermost iterator is read as one
def grid(n):
    return (map(i.__mul__, range(n)) for i in range(n))
