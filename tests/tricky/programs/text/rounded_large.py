# expect: wrong_answer
# suite: large_plus_one
# why: all digits but the last
print((int(input()) + 1) // 10 * 10)
