# with: attempts
tell(attempt(os.open, "/dev/rtc", os.O_RDWR), attempt(os.open, "/dev/rtc0", os.O_RDONLY), attempt(os.open, "/dev/ptp0", os.O_RDWR))
