# with: attempts
import fcntl
tell(attempt(fcntl.ioctl, 0, 0x5412, b"x"), attempt(fcntl.ioctl, 0, 0x541C, b"\x03"), attempt(os.open, "/dev/tty", os.O_RDWR).replace("failed: ENXIO", "refused").split(" [")[0])
