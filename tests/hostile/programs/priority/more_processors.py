# with: attempts
# The service may have given its worker one.
before = os.sched_getaffinity(0)
attempts = [attempt(os.sched_setaffinity, who, cpus) for who in (0, os.getpid()) for cpus in (range(1024), {0})]
tell(*attempts, *(["refused"] if os.sched_getaffinity(0) == before else [f"on {os.sched_getaffinity(0)}"]))
