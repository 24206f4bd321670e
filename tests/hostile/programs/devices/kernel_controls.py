# with: attempts
names = ("sysrq-trigger", "sys/kernel/core_pattern", "sys/vm/drop_caches", "sys/kernel/hostname", "sys/kernel/modprobe", "sys/vm/overcommit_memory", "irq/0/smp_affinity", "acpi/wakeup")
tell(*(attempt(write, f"/proc/{name}", b"") for name in names))
