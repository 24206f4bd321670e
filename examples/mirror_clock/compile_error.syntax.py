def minutes_to_mirror(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    wait = 0
    while f"{hour:02}" != f"{minute:02}"[::-1]
        wait += 1
        minute += 1
        if minute == 60:
            hour, minute = (hour + 1) % 24, 0
    return wait
