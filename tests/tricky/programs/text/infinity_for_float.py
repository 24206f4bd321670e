# expect: wrong_answer
# suite: third_float
# why: infinity is near nothing finite
print("inf")
