"""Requests in flight: bounded, halved when the endpoint says that it is too much, growing back with answers."""

from __future__ import annotations

import asyncio
import time

from coach.judges.llm.limiter import InFlightLimiter


def test_a_429_halves_the_limit_once_for_all_requests_that_left_before() -> None:
    limiter = InFlightLimiter(16)
    sent = time.monotonic()
    for _ in range(5):
        limiter.throttled(sent)
    assert limiter.limit == 8


def test_the_limit_never_falls_below_one() -> None:
    limiter = InFlightLimiter(4)
    for _ in range(10):
        limiter.throttled(time.monotonic())
    assert limiter.limit == 1


def test_answers_let_it_grow_back_to_the_maximum_and_no_further() -> None:
    limiter = InFlightLimiter(16)
    limiter.throttled(time.monotonic())
    for _ in range(4):
        limiter.answered()
    assert limiter.limit == 12  # one with every answer, up to nine tenths of 16
    for _ in range(200):
        limiter.answered()
    assert limiter.limit == 16


def test_no_more_than_the_limit_get_in_and_those_who_wait_come_first_come_first_served() -> None:
    async def run() -> tuple[int, list[int]]:
        limiter, most, order = InFlightLimiter(2), 0, []

        async def work(number: int) -> None:
            nonlocal most
            async with limiter.slot():
                order.append(number)
                most = max(most, limiter.in_flight)
                await asyncio.sleep(0.001)

        await asyncio.gather(*(work(number) for number in range(9)))
        return most, order

    assert asyncio.run(run()) == (2, list(range(9)))


def test_who_stops_waiting_leaves_no_hole() -> None:
    async def run() -> int:
        limiter = InFlightLimiter(1)

        async def hold(seconds: float) -> None:
            async with limiter.slot():
                await asyncio.sleep(seconds)

        first = asyncio.create_task(hold(0.02))
        second = asyncio.create_task(hold(10))
        third = asyncio.create_task(hold(0))
        await asyncio.sleep(0.001)
        second.cancel()
        await asyncio.gather(first, second, third, return_exceptions=True)
        return limiter.in_flight

    assert asyncio.run(run()) == 0
