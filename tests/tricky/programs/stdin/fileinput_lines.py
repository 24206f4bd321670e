# expect: accepted
# suite: total
# why: fileinput reads stdin where there are no arguments
import fileinput

lines = list(fileinput.input())
print(sum(map(int, lines[1:])))
