# expect: wrong_answer
# suite: yes_no
# why: the right one is among the tokens
print("YES NO")
