# expect: accepted
# suite: add
# why: any callable of that name
import operator

add = operator.add
