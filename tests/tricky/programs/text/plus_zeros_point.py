# expect: wrong_answer
# suite: thousand
# why: nor is +001000.000, whatever Decimal makes of it
print(f"+00{int(input()) * 1000}.000")
