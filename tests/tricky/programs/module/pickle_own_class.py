# expect: accepted
# suite: sum2
# why: a class of the main module can be pickled
import pickle


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b


pair = pickle.loads(pickle.dumps(Pair(*map(int, input().split()))))
print(pair.a + pair.b)
