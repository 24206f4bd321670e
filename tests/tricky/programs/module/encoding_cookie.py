# -*- coding: latin-1 -*-
# expect: accepted
# suite: sum2
# why: the source says that it is latin-1
texte = "\xe9t\xe9"
print(sum(map(int, input().split())) if len("été") == 5 and len(texte) == 3 else "another encoding")
