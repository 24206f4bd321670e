# expect: wrong_answer
# suite: sum2
# why: it says nothing, on several lines
print("\n \n\t\n")
