# expect: accepted
# suite: sum2
# why: directories are made, changed into and removed
import os
import shutil

os.makedirs("a/b")
os.chdir("a/b")
with open("x", "w") as file:
    file.write(input())
os.rename("x", "../y")
os.chdir("../..")
print(sum(map(int, open("a/y").read().split())))
shutil.rmtree("a")
