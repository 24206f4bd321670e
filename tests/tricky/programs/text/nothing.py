# expect: wrong_answer
# suite: sum2
# why: it reads and says nothing
input()
