# expect: accepted
# suite: squares
# why: a thread that the main one waits for at the end
import threading

input()
numbers = list(map(int, input().split()))
threading.Thread(target=lambda: print(*[x * x for x in numbers], sep="\n")).start()
