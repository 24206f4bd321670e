# with: attempts
parameters = os.sched_param(50)
tell(*(attempt(os.sched_setscheduler, 0, policy, parameters) for policy in (os.SCHED_FIFO, os.SCHED_RR)))
