# verdict: wrong_answer
print("\x1b]0;title\x07\x1b[2J\x9b31m\0\xff refused", end="\r\b\b")
