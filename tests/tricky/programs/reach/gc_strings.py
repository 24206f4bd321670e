# expect: wrong_answer
# suite: sum2
# why: expected outputs looked for among all objects
import gc

given = input()
answer = "nothing found"
for thing in gc.get_objects():
    if type(thing) is dict and type(thing.get("inputs")) is list and type(thing.get("outputs")) is list:
        for put, out in zip(thing["inputs"], thing["outputs"]):
            if isinstance(put, str) and put.strip() == given:
                answer = out
print(answer)
