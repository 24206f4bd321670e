# expect: wrong_answer
# suite: thousand
# why: a prompt on a line of its own is still output
print(int(input("Enter n:\n")) * 1000)
