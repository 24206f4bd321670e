# verdict: memory_limit_exceeded, runtime_error
[0] * (1 << 26) + [1]
