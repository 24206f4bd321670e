# expect: wrong_answer
# suite: thousand
# why: nor is 00001000
print(f"{int(input()) * 1000:012}")
