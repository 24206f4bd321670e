# expect: wrong_answer
# suite: thousand
# why: a label before the answer
print("Answer:", int(input()) * 1000)
