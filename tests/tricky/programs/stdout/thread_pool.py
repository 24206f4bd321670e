# expect: accepted
# suite: squares
# why: an executor of threads
from concurrent.futures import ThreadPoolExecutor

input()
with ThreadPoolExecutor(4) as pool:
    for result in pool.map(lambda x: int(x) ** 2, input().split()):
        print(result)
