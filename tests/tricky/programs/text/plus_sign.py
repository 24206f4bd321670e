# expect: wrong_answer
# suite: thousand
# why: +1000 is not what is asked for
print(f"{int(input()) * 1000:+}")
