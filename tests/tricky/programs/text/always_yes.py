# expect: wrong_answer
# suite: yes_no
# why: right on most of the tests
print("YES")
