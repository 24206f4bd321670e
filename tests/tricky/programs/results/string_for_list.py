# expect: wrong_answer
# suite: grid
# why: the right rows as a text
def grid(n):
    return str([[i * j for j in range(n)] for i in range(n)])
