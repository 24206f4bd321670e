# expect: accepted
# suite: power_of_ten
# why: more than 4300 digits, after lifting the bound as one must
import sys

sys.set_int_max_str_digits(0)
print(10 ** int(input()))
