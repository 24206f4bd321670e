# expect: accepted
# suite: sum2
# why: identifiers in any script, normalised by the parser
größe, 数 = map(int, input().split())
ﬁnal = größe + 数
print(final)
