# expect: accepted
# suite: blank_lines
# why: input() gives empty strings for blank lines
count = 0
while True:
    try:
        count += input() == ""
    except EOFError:
        break
print(count)
