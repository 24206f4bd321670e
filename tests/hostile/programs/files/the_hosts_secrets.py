# with: attempts
tell(*(attempt(read, f"/{name}") for name in ("etc/shadow", "etc/gshadow", "root/.bashrc", "root/.ssh/id_rsa", "etc/ssh/sshd_config", "boot/grub/grub.cfg", "var/log/syslog", "etc/hostname")))
