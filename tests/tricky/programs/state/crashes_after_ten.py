# expect: runtime_error
# suite: many
# why: crashes on the last tests only
n = int(input())
print([i**3 for i in range(11)][n])
