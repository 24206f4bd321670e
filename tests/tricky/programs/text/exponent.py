# expect: wrong_answer
# suite: thousand
# why: 1e3 where an integer is expected
print(f"{int(input())}e3")
