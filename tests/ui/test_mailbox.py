"""Messages keep their order, and a flood of them leaves gaps for everything else."""

import asyncio

from textual.message import Message

from tui.ui.mailbox import Mailbox


async def test_a_few_messages_are_delivered_at_once() -> None:
    seen: list[Message] = []
    mailbox, messages = Mailbox(seen.append), [Message(), Message()]
    for message in messages:
        mailbox.put(message)
    assert seen == messages


async def test_of_a_flood_a_part_is_delivered_at_a_time_and_all_of_it_in_order() -> None:
    seen: list[Message] = []
    mailbox, messages = Mailbox(seen.append), [Message() for _ in range(1000)]
    for message in messages:
        mailbox.put(message)
    assert len(seen) < 500
    async with asyncio.timeout(20):
        while len(seen) < 1000:
            await asyncio.sleep(0.01)
    assert seen == messages
