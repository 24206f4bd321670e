class Solution:
    def hopsToLeave(self, target):
        def walk(position):
            if position < 0 or position >= len(target):
                return 0
            return 1 + walk(target[position])

        return walk(0)
