# expect: accepted
# suite: sum2
# why: functions of its own called input, print and open
import sys


def input():
    return sys.stdin.readline().split()


def print(*values):
    sys.stdout.write(" ".join(map(str, values)) + "\n")


def open():
    return input()


print(sum(map(int, open())))
