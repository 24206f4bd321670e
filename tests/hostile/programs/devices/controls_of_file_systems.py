# with: attempts
import fcntl
_REFUSALS.add(errno.ENOTTY)
FIEMAP, FIFREEZE, FITRIM, SETFLAGS, VERITY, TIOCSETD = 0xC020660B, 0xC0045877, 0xC0185879, 0x40086602, 0x40806685, 0x5423
file = os.open("own", os.O_CREAT | os.O_RDWR)
tell(*(attempt(fcntl.ioctl, file, command, bytes(128)) for command in (FIEMAP, FIFREEZE, FITRIM, SETFLAGS, VERITY, TIOCSETD)))
