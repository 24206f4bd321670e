# expect: wrong_answer
# suite: sum2
# why: the same, counted in shared memory
from multiprocessing import resource_tracker, shared_memory

try:
    memory = shared_memory.SharedMemory("tricky_runs")
except FileNotFoundError:
    memory = shared_memory.SharedMemory("tricky_runs", create=True, size=8)
resource_tracker.unregister(memory._name, "shared_memory")
run = memory.buf[0]
memory.buf[0] = run + 1
print([3, 3, 1000000042][run % 3])
