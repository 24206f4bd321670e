# expect: accepted
# suite: squares
# why: output collected first, printed after
import contextlib
import io

text = io.StringIO()
input()
with contextlib.redirect_stdout(text):
    for x in input().split():
        print(int(x) ** 2)
print(text.getvalue(), end="")
