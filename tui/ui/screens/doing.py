"""What can be done from the board: each key is handed to the opener, which asks before anything is written."""

from tui.ui.opener import Opener


class Doing:
    """The actions of a screen that has an `opener`."""

    opener: Opener

    def action_copy(self) -> None:
        self.opener.copy()

    def action_compare(self) -> None:
        self.opener.compare()

    def action_history(self) -> None:
        self.opener.history()

    def action_summary(self) -> None:
        self.opener.summary()

    def action_promote(self) -> None:
        self.opener.promote()

    def action_undo(self) -> None:
        self.opener.undo()

    def action_resume(self) -> None:
        self.opener.resume()

    def action_approve(self) -> None:
        self.opener.approve()

    async def action_follow(self) -> None:
        await self.opener.follow()

    def action_change_lock(self, locks: bool) -> None:  # noqa: FBT001 - an action's parameters come by position
        self.opener.change_lock(locks=locks)
