"""What the settings of the sample world leave out: a line each, to be uncommented, and how to be a second person."""

from collections.abc import Mapping, Sequence
from typing import Final

SETTINGS_HINTS: Final[Mapping[str, Sequence[str]]] = {
    "dev": (r"gates.tags = '\d+\.\d+\.\d+'  # only tags that look like this, whole",),
    "test": (
        "gates.overwrite = false  # a tag that is there stays as it is",
        "follow = true  # `windlass follow` takes new tags from dev",
    ),
    "prod": (
        'gates.from = ["test"]  # only what test holds with the same digest',
        'gates.min_age = "1m"  # with `from`: only what was there that long',
        'gates.signed_by = ["sample-signing.pub"]  # only what this key signed, such as the releases of shop/api',
        "gates.approvals = 1  # only what a second person approved of",
        'notify = [{ command = ["touch", "promoted-$WINDLASS_TAG"] }]  # run after each promotion',
    ),
}
"""Lines by environment."""


def introduction(settings: str, token: str, second_token: str) -> str:
    """How to use the file called `settings`, in comments; the others are the files of the two persons' tokens."""
    return f"""\
# Lines that begin with "# " and set something can be uncommented. `{token}` says who you are to test and prod;
# `{second_token}` makes you another person, who may approve of what you promote to prod:
#   sed s/{token}/{second_token}/ {settings} > second-person.toml
#   windlass approve shop/api:TAG --for prod --config second-person.toml
"""
