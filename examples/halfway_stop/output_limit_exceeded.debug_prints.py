class Solution:
    def halfwayStop(self, lengths):
        total = sum(lengths)
        for i in range(len(lengths)):
            print("sections so far:", lengths[: i + 1])
            if 2 * sum(lengths[: i + 1]) >= total:
                return i
        return -1
