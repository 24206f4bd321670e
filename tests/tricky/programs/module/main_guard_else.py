# expect: accepted
# suite: sum2
# why: only the branch of the main program runs
if __name__ == "__main__":
    print(sum(map(int, input().split())))
else:
    raise ImportError("not a library")
