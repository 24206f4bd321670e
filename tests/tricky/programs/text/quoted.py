# expect: wrong_answer
# suite: thousand
# why: repr of the answer instead of the answer
print(repr(str(int(input()) * 1000)))
