# expect: wrong_answer
# suite: yes_no
# why: one of the two must be right
print("YES")
print("NO")
