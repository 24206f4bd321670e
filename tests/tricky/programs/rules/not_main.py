# expect: wrong_answer
# suite: sum2
# why: a guard with another name never runs
if __name__ == "main":
    print(sum(map(int, input().split())))
