# expect: accepted
# suite: sum2
# why: tabs as indentation
def main():
	for line in [input()]:
		if line:
			print(sum(map(int, line.split())))


main()
