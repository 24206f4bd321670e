# expect: wrong_answer
# suite: squares
# why: stops after the first line
input()
print(int(input().split()[0]) ** 2)
