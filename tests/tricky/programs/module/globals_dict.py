# expect: accepted
# suite: sum2
# why: globals() is the module's own dictionary
for name, value in zip("ab", input().split()):
    globals()[name] = int(value)
print(a + b)
