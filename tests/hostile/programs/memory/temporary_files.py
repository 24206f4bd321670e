# verdict: memory_limit_exceeded, output_limit_exceeded, runtime_error
import tempfile
with tempfile.TemporaryFile() as file:
    while True: file.write(bytes(1 << 20))
