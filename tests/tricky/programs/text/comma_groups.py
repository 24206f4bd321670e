# expect: wrong_answer
# suite: thousand
# why: nor is 1,000
print(f"{int(input()) * 1000:,}")
