# says: clean
data = open("/proc/self/environ", "rb").read() + open("/proc/self/cmdline", "rb").read()
print("clean" if b"@half@" not in data else data)
