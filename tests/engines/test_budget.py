"""A budget lets a conversation begin only where it has room for it."""

from __future__ import annotations

import asyncio

from coach.engines.budget import Budget


def test_without_experience_the_expected_cost_decides_how_many_begin() -> None:
    budget = Budget(1.0, lambda: 0.0)

    async def begun() -> list[bool]:
        tasks = [asyncio.create_task(budget.admit(0.3)) for _ in range(5)]
        await asyncio.sleep(0)
        done = [task.done() for task in tasks]
        for task in tasks:
            task.cancel()
        return done

    assert asyncio.run(begun()) == [True, True, True, False, False]


def test_what_has_no_room_waits_for_those_under_way_which_may_be_cheaper() -> None:
    paid = [0.0]
    budget = Budget(1.0, lambda: paid[0])

    async def second() -> str | None:
        await budget.admit(0.9)
        waiting = asyncio.create_task(budget.admit(0.9))
        await asyncio.sleep(0)
        assert not waiting.done()
        paid[0] = 0.2
        budget.settle(0.2)
        return await waiting

    assert asyncio.run(second()) is None


def test_what_has_no_room_with_nothing_under_way_stays_with_the_reason() -> None:
    budget = Budget(1.0, lambda: 0.95)
    reason = asyncio.run(budget.admit(0.1))
    assert (
        reason
        == "not begun: the budget of 1 USD has no room for it (0.9500 USD spent, a conversation costs about 0.1000)"
    )


def test_what_conversations_that_failed_have_cost_counts_as_spent() -> None:
    paid = [0.0]
    budget = Budget(1.0, lambda: paid[0])

    async def after_a_failure() -> str | None:
        await budget.admit(0.2)
        paid[0] = 0.9
        budget.settle(None)
        return await budget.admit(0.2)

    assert asyncio.run(after_a_failure()) is not None
