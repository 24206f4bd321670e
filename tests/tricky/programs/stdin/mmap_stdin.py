# expect: accepted
# suite: total
# why: the input is a file that can be mapped
import mmap

with mmap.mmap(0, 0, prot=mmap.PROT_READ) as view:
    print(sum(map(int, view[:].split()[1:])))
