# verdict: time_limit_exceeded
# limits: cpu_s=0.1
class Stubborn:
    def __del__(self):
        while True: pass
Stubborn()
