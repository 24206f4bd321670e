# with: attempts
import stat
nodes = ((stat.S_IFCHR, 1, 1), (stat.S_IFCHR, 1, 9), (stat.S_IFBLK, 8, 0), (stat.S_IFBLK, 254, 0))
tell(*(attempt(os.mknod, f"node{i}", kind | 0o666, os.makedev(major, minor)) for i, (kind, major, minor) in enumerate(nodes)))
