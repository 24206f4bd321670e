# expect: time_limit_exceeded
# suite: sum2_short
# why: it catches whatever an alarm raises
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
