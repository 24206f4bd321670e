# with: attempts
tell(attempt(write, "/proc/self/oom_score_adj", b"-1000"), attempt(write, f"/proc/{RUNNER}/oom_score_adj", b"1000"))
