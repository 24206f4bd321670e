# not in process: the process tier does not keep programs from directories that all may write
# verdict: memory_limit_exceeded, output_limit_exceeded, runtime_error
# limits: cpu_s=2 wall_s=6
with open("/dev/shm/@half@", "wb") as file:
    while True: file.write(bytes(1 << 20))
