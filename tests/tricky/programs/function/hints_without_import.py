# expect: accepted
# suite: add
# why: names of typing come with the mode
class Solution:
    def add(self, a: int, b: Optional[int] = None) -> Union[int, List[int]]:
        return a + (b or 0)
