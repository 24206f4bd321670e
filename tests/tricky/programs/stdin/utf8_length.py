# expect: accepted
# suite: utf8
# why: text is decoded as UTF-8
print(len(input()))
