# expect: wrong_answer
# suite: thousand
# why: the prompt is part of the output
print(int(input("n = ")) * 1000)
