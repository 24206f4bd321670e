# with: attempts
names = ("kernel/mm/transparent_hugepage/enabled", "power/state", "fs/cgroup/cgroup.procs", "fs/cgroup/memory/tasks", "fs/cgroup/unified/cgroup.procs", "kernel/uevent_helper")
tell(*(attempt(write, f"/sys/{name}", b"0") for name in names), *(attempt(os.mkdir, f"/sys/fs/cgroup/{name}") for name in ("@half@", "memory/@half@", "pids/@half@")))
