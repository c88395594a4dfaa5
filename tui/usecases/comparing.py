"""Compare: reads two images whole, with what accompanies them and each of their platforms. Reads only."""

from dataclasses import dataclass

from tui.domain.comparison import Comparison
from tui.domain.environment import Environment
from tui.domain.reference import Repository, Tag
from tui.usecases.tools import Tools


@dataclass(frozen=True, slots=True)
class Spot:
    """A tag in an environment."""

    environment: Environment
    repository: Repository
    tag: Tag


async def compare(tools: Tools, left: Spot, right: Spot) -> Comparison:
    """What changes from `left` to `right`, read now. Raises RegistryError; NotFound where a tag is not there."""
    raise NotImplementedError
