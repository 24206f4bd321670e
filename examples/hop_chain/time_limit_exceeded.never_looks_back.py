class Solution:
    def hopsToLeave(self, target):
        hops = 0
        position = 0
        while 0 <= position < len(target):
            position = target[position]
            hops += 1
        return hops
