# expect: accepted
# suite: sum2
# why: a program may lower, and ask for, its own limits
import resource

soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
print(sum(map(int, input().split())))
