# verdict: runtime_error, memory_limit_exceeded
import sys
sys.setrecursionlimit(1 << 30)
def deep(n): return [deep(n + 1)]
deep(0)
