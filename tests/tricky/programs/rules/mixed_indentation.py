# expect: compile_error
# suite: sum2
# why: tabs and blanks that do not agree
def main():
        if True:
		print(sum(map(int, input().split())))
main()
