def minutes_to_mirror(clock):
    hour, minute = map(int, clock.split(":"))
    wait = 0
    while True:
        text = f"{hour}:{minute:02}"
        if text == text[::-1]:
            return wait
        wait += 1
        minute += 1
        if minute == 60:
            minute = 0
            hour = (hour + 1) % 24
