# expect: accepted
# suite: sum2
# why: variables with names of modules
string, math, re, sys, os, json = input(), 0, 0, 0, 0, 0
print(sum(map(int, string.split())) + math + re + sys + os + json)
