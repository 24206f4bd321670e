# verdict: memory_limit_exceeded, output_limit_exceeded, runtime_error
# limits: cpu_s=2 wall_s=6
import tempfile
with tempfile.TemporaryFile() as file:
    while True: file.write(bytes(1 << 20))
