"""Implements `tui.ports.notify.Notifier`."""

from collections.abc import Mapping
from typing import Final, assert_never

from tui.domain.hooks import Hook, HookCommand, Webhook
from tui.domain.notification import Notification
from tui.notify.commands import Allowance, run_command
from tui.notify.formats import body_of
from tui.notify.secrets import destination_of
from tui.notify.webhooks import Patience, Post

_PATIENCE: Final = Patience()
_ALLOWANCE: Final = Allowance()


class HookNotifier:
    """Posts to webhooks and runs commands. `env` holds their secrets; `agent` is who they are told by."""

    def __init__(
        self,
        env: Mapping[str, str],
        agent: str,
        patience: Patience = _PATIENCE,
        allowance: Allowance = _ALLOWANCE,
    ) -> None:
        self._env = env
        self._agent = agent
        self._patience = patience
        self._allowance = allowance

    async def tell(self, hook: Hook, notification: Notification) -> str:
        """What the hook answered, in a few words. Raises HookError, with no secret in it."""
        match hook:
            case Webhook():
                destination = destination_of(hook, self._env)
                body = body_of(hook.format, notification, self._agent)
                return await Post(destination, body, self._agent, self._patience).deliver()
            case HookCommand(words):
                return await run_command(words, notification, self._env, self._allowance)
            case _:
                assert_never(hook)
