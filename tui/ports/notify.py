"""Who is told of a promotion."""

from typing import Protocol

from tui.domain.hooks import Hook
from tui.domain.notification import Notification


class Notifier(Protocol):
    """Tells webhooks and runs commands."""

    async def tell(self, hook: Hook, notification: Notification) -> str:
        """Tells one hook, more than once where it does not answer; what it answered, in a few words.

        Raises HookError, with no secret in it. It ends in little more than a minute, whatever the other side does.
        """
        ...
