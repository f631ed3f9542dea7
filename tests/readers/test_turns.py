"""Who is served next."""

import asyncio

from newsarchive.readers.turns import Turns


async def served(wishes: list[str], later: dict[int, str]) -> list[str]:
    """The order in which those are served who wish all at once, and those who come while the n-th is served."""
    turns, order, running = Turns(1), [], []

    async def one(who: str) -> None:
        async with turns.turn(who):
            order.append(who)
            if who_comes := later.get(len(order)):
                running.append(asyncio.ensure_future(one(who_comes)))
            await asyncio.sleep(0)

    running += [asyncio.ensure_future(one(who)) for who in wishes]
    for _ in range(100):
        await asyncio.sleep(0)
    return order


def test_who_asks_for_much_does_not_keep_others_from_their_turn():
    order = asyncio.run(served(["flood"] * 5 + ["times", "post"], {}))
    assert order == ["flood", "flood", "times", "post", "flood", "flood", "flood"]


def test_who_comes_anew_waits_for_nobodys_backlog():
    assert asyncio.run(served(["flood"] * 6, {3: "times"})).index("times") == 4


def test_a_wish_that_is_given_up_costs_nobody_a_turn():
    async def given_up() -> str:
        turns = Turns(1)
        async with turns.turn("first"):
            second = asyncio.ensure_future(turns.turn("second").__aenter__())
            await asyncio.sleep(0)
        # It has its turn now, and is cancelled before it knows.
        second.cancel()
        async with asyncio.timeout(5), turns.turn("third"):
            return "served"

    assert asyncio.run(given_up()) == "served"
