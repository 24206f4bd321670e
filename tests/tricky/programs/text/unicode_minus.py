# expect: wrong_answer
# suite: minus_one
# why: U+2212 is no minus sign of a number
print(str(int(input()) - 1).replace("-", "−"))
