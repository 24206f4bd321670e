# with: attempts
# The service may have given its worker one.
before = os.sched_getaffinity(0)
for who in (0, os.getpid()):
    for cpus in (range(1024), {0}):
        attempt(os.sched_setaffinity, who, cpus)
print("refused" if os.sched_getaffinity(0) == before else f"on {os.sched_getaffinity(0)}")
