# expect: wrong_answer
# suite: thousand
# why: a NUL behind the right answer
print(f"{int(input()) * 1000}\0")
