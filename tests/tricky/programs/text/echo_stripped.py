# expect: wrong_answer
# suite: echo
# why: lines stripped of their leading blanks
for line in open("/dev/stdin"):
    print(line.strip())
