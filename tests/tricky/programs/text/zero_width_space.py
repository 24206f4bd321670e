# expect: wrong_answer
# suite: thousand
# why: a character that nobody sees
print(f"\u200b{int(input()) * 1000}")
