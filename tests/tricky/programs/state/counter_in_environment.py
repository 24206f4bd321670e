# expect: wrong_answer
# suite: sum2
# why: the same, counted in the environment
import os

run = int(os.environ.get("RUNS", "0"))
os.environ["RUNS"] = str(run + 1)
print([3, 3, 1000000042][run % 3])
