# expect: wrong_answer
# suite: thousand
# why: on a screen it would look right
print(f"7\b{int(input()) * 1000}")
