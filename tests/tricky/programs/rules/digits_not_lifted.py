# expect: runtime_error
# suite: power_of_ten
# why: over 4300 digits nobody lifted the bound
print(10 ** int(input()))
