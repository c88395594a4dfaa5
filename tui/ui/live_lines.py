"""What is drawn in place while promotions run: each one's total, and its layers where there is room. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rich.cells import cell_len

from tui.domain import amounts
from tui.domain.environment import EngineName, PromotionPath
from tui.domain.events import Step
from tui.domain.progress import BlobProgress, Progress
from tui.domain.text import clean
from tui.ui.log_lines import LABEL_WIDTH, LogLine, Tone
from tui.ui.naming import cut_middle, name

_BAR_WIDTH: Final = 10
_NAME_ROOM: Final = 16
_NARROWEST: Final = 8
_LAYERS_SHOWN: Final = 5
_DETAILED_JOBS: Final = 2
"""With more promotions than this under way, their layers would push everything else off the pane."""

_DOING: Final = {Step.TAG: "writing the tag", Step.VERIFY: "reading back", Step.LOCK: "locking the tag"}


def live_lines(jobs: Sequence[Progress], path: PromotionPath | None, width: int, room: int) -> tuple[LogLine, ...]:
    """At most `room` lines for `jobs`, but for the layers of one or two; those without a line are counted."""
    if len(jobs) <= _DETAILED_JOBS:
        return tuple(line for job in jobs for line in (*_layers(job), _total(job, path, width)))
    if len(jobs) <= room:
        return tuple(_total(job, path, width) for job in jobs)
    shown = tuple(_total(job, path, width) for job in jobs[: max(room - 1, 1)])
    hidden = jobs[len(shown) :]
    return (*shown, LogLine(None, "", f"{' ' * LABEL_WIDTH} and {len(hidden)} more: {by_step(hidden)}", Tone.LIVE))


def by_step(jobs: Sequence[Progress]) -> str:
    """How many are how far, in the order of the steps: `12 push, 3 verify`."""
    numbers = Counter(job.step for job in jobs)
    steps = ((step, step.value) for step in Step)
    return ", ".join(f"{numbers[step]} {word}" for step, word in ((None, "begin"), *steps) if numbers[step])


def total_parts(progress: Progress) -> tuple[str, ...]:
    """What can be said of a promotion's total, the most telling first; where no bytes move here, what was said last."""
    totals, left = progress.current, progress.eta
    if not totals.layers:
        return (clean(progress.note) or _doing(progress),)
    parts = [amounts.percent(totals.done, totals.total), amounts.size_pair(totals.done, totals.total)]
    parts += [f"ETA {amounts.seconds(left)}"] if left is not None else []
    parts += [f"{totals.layers_done}/{totals.layers} layers", amounts.bar(totals.done, totals.total, _BAR_WIDTH)]
    parts += [f"{amounts.size(int(progress.rate))}/s"] if progress.rate else []
    return tuple(parts)


def fit(parts: tuple[str, ...], width: int) -> str:
    """As many of `parts` as `width` has room for, the first always, or as much of it as there is room for."""
    text = parts[0] if cell_len(parts[0]) <= width else cut_middle(parts[0], max(width, _NARROWEST))
    for part in parts[1:]:
        longer = f"{text}  {part}"
        if cell_len(longer) > width:
            break
        text = longer
    return text


def _total(progress: Progress, path: PromotionPath | None, width: int) -> LogLine:
    """One line for all of a promotion: name, bar, bytes, layers, time left, as far as `width` has room."""
    label = (progress.direction or progress.step or "waits").upper()
    line = LogLine(progress.at, label, "", Tone.LIVE)
    room = width - len(line.head)
    subject = name(progress.target, path)
    figures = fit(total_parts(progress), room - min(len(subject), _NAME_ROOM) - 2)
    subject = cut_middle(subject, max(room - len(figures) - 2, _NAME_ROOM))
    return replace(line, text=f"{subject}  {figures}".rstrip())


def _layers(progress: Progress) -> tuple[LogLine, ...]:
    shown = progress.active[:_LAYERS_SHOWN]
    layers = [LogLine(None, "", _layer(blob), Tone.LIVE) for blob in shown]
    hidden = len(progress.active) - len(shown)
    if hidden:
        layers.append(LogLine(None, "", f"and {amounts.count(hidden, 'more layer')}", Tone.LIVE))
    return tuple(layers)


def _layer(blob: BlobProgress) -> str:
    digest = blob.digest.rpartition(":")[2][:12]
    figures = f"{amounts.percent(blob.done, blob.total)}  {amounts.size_pair(blob.done, blob.total)}"
    return f"{' ' * LABEL_WIDTH} {clean(digest):<12}  {amounts.bar(blob.done, blob.total, _BAR_WIDTH)}  {figures}"


def _doing(progress: Progress) -> str:
    """What goes on before anything is known of it."""
    if progress.step and progress.step in _DOING:
        return _DOING[progress.step]
    return "asking Azure" if progress.engine == EngineName.ACR_IMPORT else "no layer has moved yet"
