# not in process: the process tier does not keep programs from directories that all may write
# verdict: memory_limit_exceeded, output_limit_exceeded, runtime_error
with open("/dev/shm/@half@", "wb") as file:
    while True: file.write(bytes(1 << 20))
