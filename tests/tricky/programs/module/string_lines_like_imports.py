# expect: accepted
# suite: letter_length
# why: lines of a string that look like statements
name = input()
lines = """Dear NAME,
from here it looks like code
import nothing
    your parcel is here.
yours
""".splitlines(keepends=True)
print(len("".join([lines[0].replace("NAME", name), *lines[3:]])))
