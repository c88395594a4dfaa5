"""What is wrong with the keys that an operator chose."""

from collections.abc import Mapping

from tui.ui.keys import ALL, PLACES, Key


def unknown_ids(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The ids in `keymap` that name no key."""
    known = {key.id for key in ALL}
    return tuple(sorted(keymap.keys() - known))


def complaints(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with `keymap`, in sentences."""
    unknown = (f"there is no action {name}" for name in unknown_ids(keymap))
    return (*clashes(keymap), *unknown)


def clashes(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each key that `keymap` gives to two actions which can be reached at a time."""
    sentences: list[str] = []
    for place in PLACES:
        owners: dict[str, Key] = {}
        for key in place:
            for pressed in keymap.get(key.id, key.keys).split(","):
                other = owners.setdefault(pressed.strip(), key)
                if other is not key:
                    sentences.append(f"{pressed.strip()!r} is both {other.id} and {key.id}")
    return tuple(dict.fromkeys(sentences))
