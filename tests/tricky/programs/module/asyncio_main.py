# expect: accepted
# suite: sum2
# why: an event loop of its own
import asyncio


async def number(text):
    await asyncio.sleep(0)
    return int(text)


async def main():
    print(sum(await asyncio.gather(*map(number, input().split()))))


asyncio.run(main())
