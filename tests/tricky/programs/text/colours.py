# expect: wrong_answer
# suite: thousand
# why: terminal colours around the right answer
print(f"\033[32m{int(input()) * 1000}\033[0m")
