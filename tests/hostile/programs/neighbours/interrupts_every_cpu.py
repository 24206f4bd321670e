# with: attempts
GLOBAL, REGISTER_GLOBAL_EXPEDITED, GLOBAL_EXPEDITED = 1, 4, 2
tell(*(attempt(call, "membarrier", command, 0, 0) for command in (GLOBAL, REGISTER_GLOBAL_EXPEDITED, GLOBAL_EXPEDITED)))
