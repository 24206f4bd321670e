# verdict: runtime_error, memory_limit_exceeded
bytearray(1 << 45)
