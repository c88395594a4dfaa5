"""The end of the terminal: whoever loses the connection with the board open must not leave it running.

The kernel tells only the programs of the terminal's own session (termios(3), `setsid`), and those not if they were
started to ignore it. For all others a terminal that is gone is one that is always ready to be read, and holds nothing.
"""

import os
import select
import signal
from threading import Thread
from typing import Final

_ONLY_THE_END: Final = 0
"""No event is asked for: that the other side hung up is told always (poll(2))."""


def end_with_terminal(keyboard: int) -> None:
    """Has this process end as soon as the terminal that `keyboard` is open on goes away.

    From a thread: whoever paints waits for a terminal that takes nothing any more.
    """
    Thread(target=_wait, args=(keyboard,), name="hangup", daemon=True).start()


def _wait(keyboard: int) -> None:
    poll = select.poll()
    poll.register(keyboard, _ONLY_THE_END)
    if any(told & select.POLLHUP for _, told in poll.poll()):
        os.kill(os.getpid(), signal.SIGTERM)
