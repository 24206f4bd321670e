# expect: wrong_answer
# suite: thousand
# why: print of a function that prints
def show(n):
    print(n * 1000)


print(show(int(input())))
