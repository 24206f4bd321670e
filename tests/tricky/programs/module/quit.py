# expect: accepted
# suite: sum2
# why: quit() ends a script with code 0
a, b = map(int, input().split())
print(a + b)
quit()
print("never")
