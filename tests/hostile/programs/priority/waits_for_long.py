# with: attempts
# A program that runs only while nobody else does keeps its place for as long.
before = (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0))
policies = (os.SCHED_IDLE, os.SCHED_BATCH, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK)
outcomes = [attempt(os.sched_setscheduler, 0, policy, os.sched_param(0)) for policy in policies]
os.nice(19); os.setpriority(os.PRIO_PROCESS, 0, 10)
now = (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0))
tell(*outcomes, *(["refused"] if now == before else [f"{now}"]))
