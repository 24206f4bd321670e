# expect: accepted
# suite: squares
# why: a multiprocessing child prints
import multiprocessing


def show(numbers):
    print(*[x * x for x in numbers], sep="\n", flush=True)


if __name__ == "__main__":
    input()
    child = multiprocessing.Process(target=show, args=([int(x) for x in input().split()],))
    child.start()
    child.join()
