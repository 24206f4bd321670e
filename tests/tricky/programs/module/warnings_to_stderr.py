# expect: accepted
# suite: sum2
# why: warnings of the compiler and of the program go to stderr
import warnings

warnings.warn("careful", stacklevel=1)
pattern = "\d"
print(sum(map(int, input().split())))
