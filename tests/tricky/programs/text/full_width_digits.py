# expect: wrong_answer
# suite: thousand
# why: full-width digits are other characters, though int() takes them
print(str(int(input()) * 1000).translate({48 + i: 0xFF10 + i for i in range(10)}))
