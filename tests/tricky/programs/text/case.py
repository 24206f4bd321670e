# expect: wrong_answer
# suite: yes_no
# why: Yes is not YES
print("Yes" if int(input()) % 2 == 0 else "No")
