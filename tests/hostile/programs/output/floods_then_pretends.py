# verdict: output_limit_exceeded
import os
try: os.write(1, b"refused\n" + b" " * (3 << 20))
finally: os._exit(0)
