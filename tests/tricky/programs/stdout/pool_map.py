# expect: accepted
# suite: squares
# why: a pool of processes computes
from multiprocessing import Pool


def square(x):
    return x * x


if __name__ == "__main__":
    input()
    with Pool(2) as pool:
        print(*pool.map(square, map(int, input().split())), sep="\n")
