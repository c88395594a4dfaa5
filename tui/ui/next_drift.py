"""Where the next cell is that drifts. Pure."""

from bisect import bisect_left, bisect_right

from tui.domain.rows import Rows


def next_drift(rows: Rows, row: int, column: int, step: int) -> tuple[int, int] | None:
    """Row and column of the first cell that drifts after the given one, or before it where `step` is negative.

    Row by row, and beyond the last from the first again, up to the given one itself. None where nothing drifts.
    """
    drifting = rows.drifting()
    if not drifting:
        return None
    at = bisect_left(drifting, row) if step > 0 else bisect_right(drifting, row) - 1
    if drifting[at % len(drifting)] == row:
        beyond = [each for each in _columns(rows, row) if (each - column) * step > 0]
        if beyond:
            return row, beyond[0 if step > 0 else -1]
        at += step
    found = drifting[at % len(drifting)]
    return found, _columns(rows, found)[0 if step > 0 else -1]


def _columns(rows: Rows, row: int) -> list[int]:
    return [at for at, state in enumerate(rows[row].states) if state.is_drift]
