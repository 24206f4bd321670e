# expect: accepted
# suite: depth
# why: the classic recipe for deep recursion
import sys
import threading


def total(n):
    return n and n + total(n - 1)


def main():
    print(total(int(input())))


sys.setrecursionlimit(1 << 25)
threading.stack_size(128 << 20)
thread = threading.Thread(target=main)
thread.start()
thread.join()
