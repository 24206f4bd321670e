# expect: wrong_answer
# suite: squares
# why: everything twice
input()
numbers = input().split()
for _ in range(2):
    for x in numbers:
        print(int(x) ** 2)
