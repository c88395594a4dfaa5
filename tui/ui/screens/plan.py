"""The plan dialog: what a promotion would do, whole, before anything is written. Enter confirms nothing.

Only `y` goes, once the plan could be read; a protected target asks for its name to be typed as well.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from tui.domain.plan import Request
from tui.domain.text import clean
from tui.ui import plan_changes
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.guard import Guard
from tui.ui.locksmith import Locksmith
from tui.ui.plainly import plain_content, plainly
from tui.ui.plan_answer import Confirmed, Outcome, confirmed, hindrance, protected_names, question, summary
from tui.ui.plan_text import describe, title
from tui.usecases.workbench import Workbench

_HIGH: Final = 36
"""Lines of a screen on which the dialog is only as high as it needs to be."""

_CHOICES: Final = frozenset({"change_target", "change_engine"})
_ANSWERS: Final = frozenset({"go", "change_target", "change_engine", "dry_run"})


class PlanScreen(ModalScreen[Confirmed | None]):
    """Plans `requests` and asks, after `remark`; gives the plans with the yes, or None where nothing is to be done."""

    CSS_PATH = "../plan.tcss"
    AUTO_FOCUS = "#plan-body"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "go", "Go", id="plan.go"),
        Binding("n", "cancel", "Cancel", id="plan.cancel"),
        Binding("escape", "cancel", "Cancel"),
        Binding("t", "change_target", "Target", id="plan.target"),
        Binding("e", "change_engine", "Engine", id="plan.engine"),
        Binding("r", "dry_run", "Dry run", id="plan.dry-run"),
        Binding("a", "allow_change", "Allow change", id="plan.allow"),
        Binding("U", "unlock", "Unlock", id="plan.unlock"),
    ]

    def __init__(
        self,
        workbench: Workbench,
        requests: tuple[Request, ...],
        *,
        clock: Callable[[], float] = time.monotonic,
        glyphs: Glyphs = UNICODE,
        locks: Locksmith | None = None,
        remark: str = "",
    ) -> None:
        super().__init__()
        self._remark = f"{remark}. " if remark else ""
        self._workbench = workbench
        self._locks = locks
        self._requests = requests
        self._guard = Guard(clock)
        self._glyphs = glyphs
        self._outcomes: tuple[Outcome, ...] = ()
        self._is_naming = False

    def compose(self) -> ComposeResult:
        """The frame: the plan scrolls, what it asks and its keys always stay in sight."""
        with Vertical(id="plan"):
            with VerticalScroll(id="plan-body"):
                yield Static("", id="plan-text", markup=False)
            yield Static("", id="plan-message", markup=False)
            yield Input(id="plan-name", select_on_focus=False)
            yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Starts planning."""
        self.query_one("#plan-name").display = False
        self._guard.restart()
        self._replan("")

    def on_resize(self, event: events.Resize) -> None:
        """A low screen gives the plan what question and keys leave over."""
        self.set_class(event.size.height < _HIGH, "-low")

    # Planning

    def _replan(self, note: str) -> None:
        self._outcomes = ()
        self._frame()
        self._say("planning; nothing is written")
        self.refresh_bindings()
        self.run_worker(self._plan_all(note), group="plan", exclusive=True, exit_on_error=False)

    async def _plan_all(self, note: str) -> None:
        requests = self._requests

        def tell(made: int) -> None:
            self._text(Content(plan_changes.progress(made, requests)))

        tell(0)
        self._show(await plan_changes.plans_or_reasons(self._workbench, requests, tell), note)

    def _show(self, outcomes: tuple[Outcome, ...], note: str) -> None:
        self._outcomes = outcomes
        self._text(describe(self._requests, outcomes))
        self._say(f"{note} {summary(outcomes)}; nothing was written" if note else self._question())
        self.refresh_bindings()
        self._guard.restart()

    def _question(self) -> str:
        if problem := hindrance(self._outcomes):
            return f"{problem}. Press U to unlock it" if self._may_unlock else problem
        return f"{self._remark}{question(self._outcomes)}"

    def _frame(self) -> None:
        frame = self.query_one("#plan")
        frame.set_class(any(item.target.protected for item in self._requests), "-protected")
        frame.border_title = Content(plainly(title(self._requests), self._glyphs))
        self.query_one("#plan-body").scroll_home(animate=False)

    def _text(self, content: Content) -> None:
        self.query_one("#plan-text", Static).update(plain_content(content, self._glyphs))

    def _say(self, text: str) -> None:
        self.query_one("#plan-message", Static).update(Content(plainly(clean(text), self._glyphs)))

    @property
    def _wanted_name(self) -> str:
        """What has to be typed: the protected targets that would be written, each once; empty where there is none."""
        return " ".join(protected_names(self._outcomes))

    # Answers

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a name is typed only Esc is left; `a` and `U` are offered where an engine or a lock asks for it.

        An undo, or what goes on with an interrupted promotion, has its target and its digest: there is no choice.
        """
        del parameters
        if action in _CHOICES and any(item.occasion for item in self._requests):
            return False
        if action == "allow_change":
            return plan_changes.wants_permission(self._outcomes) and not self._is_naming
        if action == "unlock":
            return self._may_unlock and not self._is_naming
        return action not in _ANSWERS or not self._is_naming

    def action_go(self) -> None:
        """Goes, unless something stands in the way, which it then says."""
        if not self._guard.lets("go"):
            return
        if not self._outcomes:
            self._say("still planning: wait until the plan is shown")
        elif hindrance(self._outcomes):
            self._say(self._question())
        elif self._wanted_name:
            self._ask_name()
        else:
            self.dismiss(confirmed(self._requests, self._outcomes))

    def _ask_name(self) -> None:
        wanted = self._wanted_name
        self._say(f"{wanted} is protected. Type its name, {wanted}, and press Enter there to promote; Esc goes back")
        self._set_naming(is_naming=True)

    @on(Input.Submitted, "#plan-name")
    def _name_typed(self, event: Input.Submitted) -> None:
        """A whole name is no accident: Enter confirms here, and here alone."""
        event.stop()
        if self._is_naming and event.value == self._wanted_name:
            self.dismiss(confirmed(self._requests, self._outcomes))
        elif event.value:
            self._say(f"that is not the name: type exactly {self._wanted_name}; Esc goes back")

    def action_cancel(self) -> None:
        """Leaves the name, or the dialog."""
        if self._is_naming:
            self._leave_name()
        elif self._guard.lets("cancel"):
            self.dismiss(None)

    def _leave_name(self) -> None:
        self._set_naming(is_naming=False)
        self._say(self._question())
        self._guard.restart()

    def _set_naming(self, *, is_naming: bool) -> None:
        self._is_naming = is_naming
        field = self.query_one("#plan-name", Input)
        field.display, field.value = is_naming, ""
        (field if is_naming else self.query_one("#plan-body")).focus()
        self.refresh_bindings()

    # Changes

    def action_change_target(self) -> None:
        """Plans for the next environment that may be a target."""
        if not self._guard.lets("change_target"):
            return
        changed = plan_changes.with_next_target(self._requests, self._workbench.path)
        if changed is None:
            self._say("there is no other target")
        else:
            self._change(changed)

    def action_change_engine(self) -> None:
        """Plans with the next engine of those that there are."""
        if self._guard.lets("change_engine"):
            known = plan_changes.known_engines(self._workbench)
            self._change(plan_changes.with_next_engine(self._requests, known))

    def action_dry_run(self) -> None:
        """Plans anew and says what would be done."""
        if self._guard.lets("dry_run"):
            self._replan("dry run:")

    def action_allow_change(self) -> None:
        """Plans anew with the explicit wish for an engine that changes what it carries."""
        if self._guard.lets("allow_change"):
            self._change([replace(item, confirms_change=True) for item in self._requests])

    def action_unlock(self) -> None:
        """Asks whether the tag that is locked is to be unlocked, and plans anew once it is."""
        change = plan_changes.lock_in_the_way(self._outcomes)
        if change is None or self._locks is None or not self._guard.lets("unlock"):
            return
        if problem := self._locks.refusal(change):
            self._say(problem)
        else:
            self._locks.ask(change, self._unlocked)

    def _unlocked(self, is_done: bool) -> None:  # noqa: FBT001 - how it ended
        if self.is_attached and is_done:
            self._replan("")
        elif self.is_attached:
            self._say("it was not unlocked; the log says why")

    @property
    def _may_unlock(self) -> bool:
        return self._locks is not None and plan_changes.lock_in_the_way(self._outcomes) is not None

    def _change(self, requests: Sequence[Request]) -> None:
        self._requests = tuple(requests)
        self._replan("")
