# expect: wrong_answer
# suite: thousand
# why: the right number in another base
print(hex(int(input()) * 1000))
