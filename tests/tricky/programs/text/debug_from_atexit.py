# expect: wrong_answer
# suite: thousand
# why: what is printed at exit counts against it too
import atexit

atexit.register(print, "done")
print(int(input()) * 1000)
