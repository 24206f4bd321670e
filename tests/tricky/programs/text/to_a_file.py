# expect: wrong_answer
# suite: sum2
# why: the right answer in a file
with open("output.txt", "w") as out:
    print(sum(map(int, input().split())), file=out)
