# not in process: the process tier does not keep programs from files that all may write or open
# with: attempts
names = ("mem", "kmem", "port", "kmsg", "vda", "sda", "nvme0n1", "loop-control", "loop0", "kvm", "vhost-net", "net/tun", "input/event0", "snapshot", "console", "vcs", "ptmx", "dri/card0", "nvidia0", "hwrng")
tell(*(attempt(os.open, f"/dev/{name}", flags) for name in names for flags in (os.O_RDONLY, os.O_WRONLY)))
