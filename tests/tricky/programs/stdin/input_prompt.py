# expect: accepted
# suite: empty_prompt
# why: an empty prompt prints nothing
print(int(input("")) + int(input(prompt := "")))
