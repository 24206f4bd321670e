MIRRORS = [60 * h + int(f"{h:02}"[::-1]) for h in range(24) if int(f"{h:02}"[::-1]) < 60]


def minutes_to_mirror(clock):
    hours, minutes = clock.split(":")
    now = 60 * int(hours) + int(minutes)
    i = 0
    while MIRRORS[i] < now:
        i += 1
    return MIRRORS[i] - now
