# expect: wrong_answer
# suite: thousand
# why: right first line, another after it
n = int(input())
print(n * 1000)
print("n was", n)
