# expect: wrong_answer
# suite: yes_no
# why: Y is not YES
print("NY"[int(input()) % 2 == 0])
