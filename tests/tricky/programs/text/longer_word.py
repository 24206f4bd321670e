# expect: wrong_answer
# suite: yes_no
# why: the right word with something behind it
print("YES." if int(input()) % 2 == 0 else "NO.")
