"""Reading what one cell's explanation takes: the decision wants, this fetches, until it decides."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar, assert_never

from tui.domain.content import Index, Manifest
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import Case, Explained, Explanation, Question, Undecided
from tui.domain.facts import ImageFacts
from tui.domain.reasons import judge
from tui.domain.reference import Digest, Repository
from tui.domain.wants import Known, Want, WantFacts, WantManifest, WantPresence
from tui.ports.errors import JournalError, RegistryError
from tui.usecases.library import Library
from tui.usecases.tools import Tools

V = TypeVar("V")

SPENT: Final = "the requests meant for this were spent on other cells; look into the cell (Enter) to go on"

_WANTS_LIMIT: Final = 64
"""Things that one cell may want: far more than any real pair of images takes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What reading a cell may cost, and which answers of the past still count for it."""

    spend: Callable[[], bool]
    """Takes a request out of the budget; False where there is none left."""

    recall_presence: Callable[[Environment, Repository, Digest], Awaitable[bool | None]]
    """Whether a repository holds a manifest, as far as nobody need be asked again; see Library.recall_presence."""


async def explain(tools: Tools, library: Library, path: PromotionPath, question: Question, terms: Terms) -> Explanation:
    """Why the cell of `question` differs. What cannot be read, or not any more, is named in Undecided."""
    case = await _case(tools, question)
    reader = _CaseReader(library, path, question, terms)
    for _ in range(_WANTS_LIMIT):
        answer = judge(case, reader.known)
        if isinstance(answer, Explained | Undecided):
            return answer
        if not await reader.get(answer):
            return Undecided((SPENT,))
    return Undecided(("the image has more parts than an image has: it was not looked through",))


async def _case(tools: Tools, question: Question) -> Case:
    """The question with what the journal knows; without a journal content decides, as far as it can alone."""
    places = (question.base_environment, question.environment)
    try:
        return Case(question, await tools.journal.history(places, question.repository, question.tag))
    except JournalError as error:
        return Case(question, unread=str(error))


@dataclass(slots=True)
class _CaseReader:
    """What one cell's explanation has to go by so far."""

    library: Library
    path: PromotionPath
    question: Question
    terms: Terms
    manifests: dict[Digest, Manifest | Index] = field(default_factory=dict[Digest, Manifest | Index])
    facts: dict[Digest, ImageFacts] = field(default_factory=dict[Digest, ImageFacts])
    presence: dict[Digest, bool] = field(default_factory=dict[Digest, bool])
    failures: dict[Want, str] = field(default_factory=dict[Want, str])

    @property
    def known(self) -> Known:
        """What is known so far."""
        return Known(self.manifests, self.facts, self.presence, self.failures)

    async def get(self, want: Want) -> bool:
        """Comes to know `want`, or why it cannot be known; False where no request may be spent on it."""
        if await self._recall(want):
            return True
        if not self._is_reading(want) and not self.terms.spend():
            return False
        try:
            await self._read(want)
        except RegistryError as error:
            self.failures[want] = str(error)
        return True

    async def _recall(self, want: Want) -> bool:
        match want:
            case WantManifest(_, digest):
                manifest = await self.library.recall_manifest(digest)
                return _put(self.manifests, digest, manifest)
            case WantFacts(_, blob):
                return _put(self.facts, blob.digest, await self.library.recall_facts(blob.digest))
            case WantPresence(name, digest):
                found = await self.terms.recall_presence(self._environment(name), self.question.repository, digest)
                return _put(self.presence, digest, found)
            case _:
                assert_never(want)

    async def _read(self, want: Want) -> None:
        environment, repository = self._environment(want.environment), self.question.repository
        match want:
            case WantManifest(_, digest):
                self.manifests[digest] = await self.library.read_manifest(environment, repository, digest)
            case WantFacts(_, blob):
                self.facts[blob.digest] = await self.library.read_facts(environment, repository, blob)
            case WantPresence(_, digest):
                self.presence[digest] = await self.library.read_presence(environment, repository, digest)
            case _:
                assert_never(want)

    def _is_reading(self, want: Want) -> bool:
        """True where somebody reads it already: then it costs no request of its own."""
        match want:
            case WantManifest(_, digest):
                return self.library.is_reading(digest)
            case WantFacts(_, blob):
                return self.library.is_reading(blob.digest)
            case WantPresence(name, digest):
                return self.library.is_reading((name, self.question.repository, digest))
            case _:
                assert_never(want)

    def _environment(self, name: str) -> Environment:
        found = self.path.find(name)
        if found is None:
            raise LookupError(f"no environment is called {name}")
        return found


def _put(values: dict[Digest, V], key: Digest, value: V | None) -> bool:
    """Keeps `value` if there is one."""
    if value is not None:
        values[key] = value
    return value is not None
