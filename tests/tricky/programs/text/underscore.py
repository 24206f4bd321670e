# expect: wrong_answer
# suite: thousand
# why: 1_000 is Python's spelling, not a number of the output
print(f"{int(input()) * 1000:_}")
