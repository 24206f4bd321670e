# expect: wrong_answer
# suite: byte
# why: the byte as a character, in UTF-8
print(end=chr(int(input())))
