# says: nothing
# The submission before this one held a mark; half of it is known here. All of this process's memory is searched.
import re
found, mark = [], re.compile(b"@half@(?=[0-9a-f]{16})")
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
    for line in maps:
        start, end = (int(x, 16) for x in line.split()[0].split("-"))
        if "r" in line.split()[1] and "[v" not in line:
            memory.seek(start)
            found += mark.findall(memory.read(end - start))
print(len(found) or "nothing")
