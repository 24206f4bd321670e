# expect: wrong_answer
# suite: sum2
# why: every later decoding would see the wrong text
import codecs

codecs.decode = codecs.lookup = lambda *_: "3"
print("anything")
