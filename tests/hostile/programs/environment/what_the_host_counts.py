# with: attempts
names = ("config.gz", "kallsyms", "diskstats", "pressure/cpu", "pressure/io", "pressure/memory", "locks", "interrupts", "softirqs",
    "schedstat", "zoneinfo", "buddyinfo", "timer_list", "slabinfo", "vmallocinfo", "keys", "key-users", "modules", "iomem", "cmdline",
    "uptime", "swaps", "partitions", "sysvipc/shm", "sys/kernel/ns_last_pid", "sys/fs/aio-nr", "sys/fs/file-nr", "sys/fs/inode-nr",
    "sys/fs/inode-state", "sys/fs/dentry-state", "sys/kernel/pty/nr")
tell(*(attempt(read, f"/proc/{name}") for name in names), attempt(write, "/proc/sys/kernel/ns_last_pid", b"100"))
