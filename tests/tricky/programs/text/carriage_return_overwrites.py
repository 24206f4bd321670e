# expect: wrong_answer
# suite: thousand
# why: on a screen it would look right, in a file it has two numbers
print(f"0\r{int(input()) * 1000}")
