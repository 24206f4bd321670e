# expect: accepted
# suite: total
# why: any thread may read
import sys
import threading

lines = []
reader = threading.Thread(target=lambda: lines.extend(sys.stdin))
reader.start()
reader.join()
print(sum(map(int, lines[1:])))
