# expect: accepted
# suite: total_crlf
# why: input() keeps the carriage return, as it does on Linux, and int() does not mind
lines = [input() for _ in range(4)]
assert all(line.endswith("\r") for line in lines)
print(sum(map(int, lines[1:])))
