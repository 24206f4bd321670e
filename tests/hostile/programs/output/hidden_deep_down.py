# verdict: output_limit_exceeded, memory_limit_exceeded, runtime_error
# So deep that no path can name it: whoever looks from outside must not lose sight of it.
import os
for _ in range(20):
    os.mkdir("d" * 250)
    os.chdir("d" * 250)
for number in range(40):
    with open(str(number), "wb") as file:
        for _ in range(16): file.write(bytes(1 << 20))
print("all of it")
