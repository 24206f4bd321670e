# expect: wrong_answer
# suite: is_one
# why: True is another word than 1
print(int(input()) == 1)
