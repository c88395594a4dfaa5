"""What is asked about, and in which order."""

from collections.abc import Iterable, Sequence

from tests.fakes import NOW
from tests.ui.test_row_choice import PATH
from tui.domain.aliases import AliasFinder
from tui.domain.board import Board
from tui.domain.explanation import Explained, Explanation, Question, Reason, Undecided
from tui.domain.insight import Insight
from tui.domain.query import parse_query
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ui.board_fold import Result, apply
from tui.ui.questioner import Questioner
from tui.ui.row_choice import Choice, RowChooser
from tui.ui.view import View


def read(environment: str, repository: str, tags: str, digit: str, *, is_remembered: bool = False) -> Result:
    """A snapshot in which each letter of `tags` is a tag with a digest of `digit`s."""
    entries = {Tag(tag): TagEntry(Tag(tag), Digest("sha256", digit * 64)) for tag in tags}
    name = Repository(repository)
    return environment, name, Snapshot(environment, name, NOW, entries, is_remembered=is_remembered)


def differing(*repositories: str) -> Board:
    """Repositories with tags x and y, which differ in prod and are the same in dev."""
    results = [
        item
        for name in repositories
        for item in (read("base", name, "xy", "a"), read("dev", name, "xy", "a"), read("prod", name, "xy", "b"))
    ]
    return apply(Board(PATH), results)


class Table:
    """Asks about views, and keeps what was asked."""

    def __init__(self) -> None:
        self.insight = Insight()
        self.asked: list[list[str]] = []
        self.questions: dict[str, Question] = {}
        self._chooser = RowChooser()
        self._questioner = Questioner(lambda: self.insight, AliasFinder())

    async def put(
        self, board: Board, visible: Sequence[str] = (), text: str = "", *, is_outdated: bool = False
    ) -> None:
        """Asks about `board` with the rows called `visible` in sight."""
        self.asked.clear()
        rows = tuple(row for row in board.rows if f"{row.repository}:{row.tag}" in visible)
        chosen = self._chooser.chosen(board, Choice(parse_query(text, PATH.names)))
        await self._questioner.put(View(board, rows, chosen), self._ask, lambda: is_outdated)

    def answer(self, explanation: Explanation, *names: str) -> None:
        """From now on the cells called `names` have an answer."""
        self.insight = self.insight.with_explanations({self.questions[name].key: explanation for name in names})

    def _ask(self, questions: Iterable[Question]) -> None:
        found = {f"{item.repository}:{item.tag}": item for item in questions}
        self.questions.update(found)
        self.asked.append(list(found))


async def test_what_is_in_sight_comes_first_then_what_the_filter_shows_then_the_rest() -> None:
    table = Table()
    await table.put(differing("api", "job", "web"), ["web:y"], "job")
    assert table.asked[0] == ["web:y"]
    assert all(asked[0] == "web:y" for asked in table.asked)
    assert table.asked[-1] == ["web:y", "job:x", "job:y"]
    assert {name for asked in table.asked for name in asked} == {
        f"{repository}:{tag}" for repository in ("api", "job", "web") for tag in "xy"
    }


async def test_only_what_changed_is_asked_about_again() -> None:
    table, board = Table(), differing("api", "web")
    await table.put(board)
    await table.put(board)
    assert table.asked == []
    await table.put(apply(board, [read("prod", "web", "xy", "c")]))
    assert {name for asked in table.asked for name in asked} == {"web:x", "web:y"}


async def test_what_was_answered_is_not_asked_about_again() -> None:
    table, board = Table(), differing("api")
    await table.put(board)
    table.answer(Explained(Reason.BEHIND), "api:x")
    await table.put(apply(board, [read("dev", "api", "x", "a")]), ["api:x"])
    assert [asked for asked in table.asked if "api:x" in asked] == []


async def test_what_was_left_undecided_is_asked_about_again_once_it_was_read_again() -> None:
    table, board = Table(), differing("api")
    await table.put(board)
    table.answer(Undecided(("unreachable",)), "api:x", "api:y")
    await table.put(board, ["api:x"])
    assert table.asked == []
    await table.put(apply(board, [read("dev", "api", "xy", "a")]))
    assert table.asked == [["api:x", "api:y"]]


async def test_only_what_was_read_in_this_session_is_asked_about() -> None:
    table = Table()
    remembered = apply(differing("api", "web"), [read("prod", "web", "xy", "b", is_remembered=True)])
    await table.put(remembered, ["web:x"])
    assert table.asked[-1] == ["api:x", "api:y"]
    await table.put(apply(remembered, [read("base", "api", "xy", "a", is_remembered=True)]))
    assert table.asked == []


async def test_a_new_view_ends_the_asking_and_nothing_is_forgotten() -> None:
    table, board = Table(), differing("api", "web")
    await table.put(board, is_outdated=True)
    assert table.asked == [["api:x", "api:y"]]
    await table.put(board)
    assert ["web:x", "web:y"] in table.asked


async def test_a_question_tells_the_bases_other_tags_of_the_digest() -> None:
    table, board = Table(), differing("api")
    entries = {tag: TagEntry(Tag(tag), Digest("sha256", digit * 64)) for tag, digit in (("x", "a"), ("old", "b"))}
    snapshot = Snapshot("base", Repository("api"), NOW, {Tag(tag): entry for tag, entry in entries.items()})
    await table.put(apply(board, [("base", Repository("api"), snapshot)]))
    assert table.questions["api:x"].base_tags == ("old",)
