"""Cells are explained in the background: what is wanted first comes first, within a budget, and nothing twice."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.fakes import FakeJournal, FakeMemory
from tests.lab import Lab, laboratory, picture
from tui.domain.aliases import AliasFinder
from tui.domain.board import Board
from tui.domain.explanation import CellKey, Explained, Explanation, Question, Reason, Undecided
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.wants import WantManifest
from tui.journal.sqlite import SqliteJournal
from tui.sandbox import images
from tui.usecases import case_reader, explaining
from tui.usecases.case_reader import SPENT
from tui.usecases.explaining import FEWEST_REQUESTS, Explainer
from tui.usecases.library import Library
from tui.usecases.survey import SnapshotTaken


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncGenerator[Lab, None]:
    async with laboratory(tmp_path) as lab:
        yield lab


async def questions(lab: Lab) -> list[Question]:
    """What a board asks after a survey, by repository."""
    board, finder = Board(lab.bench.path), AliasFinder()
    async for event in lab.bench.survey():
        if isinstance(event, SnapshotTaken):
            taken = event.snapshot
            board = board.with_reading(taken.environment, taken.repository, taken)
    found: list[Question] = []
    for row in board.rows:
        for column in range(1, 3):
            held = row.entries[column]
            tags = finder.tags_of(board.sections[row.repository], 0, held.digest) if held and held.digest else ()
            question = board.question(row, column, tags)
            found += [question] if question else []
    return found


def asked(lab: Lab) -> int:
    return sum(sum(registry.requests.values()) for registry in lab.registries.values())


class Listener:
    """Hears what is found, in its order."""

    def __init__(self) -> None:
        self.found: dict[CellKey, Explanation] = {}
        self.calls = 0

    def __call__(self, found: Mapping[CellKey, Explanation]) -> None:
        self.found |= found
        self.calls += 1

    async def until(self, number: int) -> None:
        async with asyncio.timeout(20):
            while len(self.found) < number:
                await asyncio.sleep(0.001)


async def explainer(lab: Lab, listener: Listener) -> Explainer:
    return Explainer(lab.tools, await lab.bench.library(), lab.bench.path, listener)


def wrap(lab: Lab, cells: int) -> None:
    """Repositories in which dev holds an index around the base's manifest."""
    for number in range(cells):
        image = picture(number)
        lab.push("base", f"shop/app-{number}", "1.0.0", image)
        lab.push("dev", f"shop/app-{number}", "1.0.0", images.index([image]))


def strangers(lab: Lab, cells: int) -> None:
    """Repositories in which dev holds what the base never had: the dearest to find out."""
    for number in range(cells):
        lab.push("base", f"shop/app-{number}", "1.0.0", picture(number))
        lab.push("dev", f"shop/app-{number}", "1.0.0", picture(1000 + number))


async def test_every_cell_is_explained_and_told(lab: Lab) -> None:
    wrap(lab, 5)
    listener, wanted = Listener(), await questions(lab)
    before = asked(lab)
    found = await (await explainer(lab, listener)).explain_all(wanted)
    assert [item.reason for item in found.values() if isinstance(item, Explained)] == [Reason.WRAPPED] * 5
    assert listener.found == found
    assert asked(lab) - before == 10


async def test_a_second_start_asks_nothing(lab: Lab) -> None:
    wrap(lab, 3)
    strangers(lab, 3)
    wanted = await questions(lab)
    first = await (await explainer(lab, Listener())).explain_all(wanted)
    before = asked(lab)
    fresh = Explainer(lab.tools, Library(lab.tools), lab.bench.path, Listener())
    assert await fresh.explain_all(wanted) == first
    assert (asked(lab), fresh.requests) == (before, 0)


async def test_what_is_asked_last_comes_first_and_nothing_is_asked_twice(lab: Lab) -> None:
    wrap(lab, 40)
    listener, wanted = Listener(), await questions(lab)
    worker = await explainer(lab, listener)
    worker.ask(wanted)
    worker.ask(wanted[-20:])
    before = asked(lab)
    running = asyncio.create_task(worker.run())
    await listener.until(16)
    assert {item.key for item in wanted[-20:]} >= set(list(listener.found)[:16])
    await listener.until(40)
    worker.ask(wanted)
    await asyncio.sleep(0.01)
    running.cancel()
    assert asked(lab) - before == 80


async def test_the_budget_is_a_pool_and_who_gets_nothing_is_told_so(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "FEWEST_REQUESTS", 0)
    strangers(lab, 10)
    wanted = await questions(lab)
    before, worker = asked(lab), await explainer(lab, Listener())
    found = await worker.explain_all(wanted)
    assert asked(lab) - before == worker.requests <= 40
    undecided = [item for item in wanted if isinstance(found[item.key], Undecided)]
    assert undecided
    assert found[undecided[0].key] == Undecided((SPENT,))
    decided = await worker.decide(undecided[0])
    assert isinstance(decided, Explained)
    assert decided.reason is Reason.FOREIGN


async def test_few_cells_may_cost_what_they_cost(lab: Lab) -> None:
    strangers(lab, 1)
    worker = await explainer(lab, Listener())
    (found,) = (await worker.explain_all(await questions(lab))).values()
    assert isinstance(found, Explained)
    assert worker.requests < FEWEST_REQUESTS


async def test_a_registry_that_fails_leaves_it_undecided_until_it_is_asked_again(lab: Lab) -> None:
    strangers(lab, 1)
    (question,) = await questions(lab)
    lab.registries["dev"].faults.forbidden = {"shop/app-0"}
    worker = await explainer(lab, Listener())
    found = (await worker.explain_all([question]))[question.key]
    assert isinstance(found, Undecided)
    assert "403" in found.missing[0]
    lab.registries["dev"].faults.forbidden = set()
    worker.ask([question])
    assert (await worker.explain_all([question]))[question.key] == found
    worker.forget_undecided()
    assert isinstance((await worker.explain_all([question]))[question.key], Explained)


async def test_a_registry_that_was_down_has_not_used_up_the_budget(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "FEWEST_REQUESTS", 0)
    strangers(lab, 1)
    (question,) = await questions(lab)
    lab.registries["dev"].faults.forbidden = {"shop/app-0"}
    worker = await explainer(lab, Listener())
    for _ in range(3):
        assert isinstance((await worker.explain_all([question]))[question.key], Undecided)
        worker.forget_undecided()
    lab.registries["dev"].faults.forbidden = set()
    assert isinstance((await worker.explain_all([question]))[question.key], Explained)


async def test_what_was_foreign_is_so_no_more_once_the_base_has_it_under_a_tag(lab: Lab) -> None:
    strangers(lab, 1)
    (question,) = await questions(lab)
    worker = await explainer(lab, Listener())
    first = (await worker.explain_all([question]))[question.key]
    assert isinstance(first, Explained)
    assert first.reason is Reason.FOREIGN
    found = (await worker.explain_all([replace(question, base_tags=(Tag("hotfix"),))]))[question.key]
    assert isinstance(found, Explained)
    assert found.reason is Reason.BEHIND


async def test_who_wants_a_cell_decided_has_what_was_not_there_looked_for_again(lab: Lab) -> None:
    strangers(lab, 1)
    (question,) = await questions(lab)
    worker = await explainer(lab, Listener())
    first = (await worker.explain_all([question]))[question.key]
    assert isinstance(first, Explained)
    assert first.reason is Reason.FOREIGN
    lab.push("base", "shop/app-0", None, picture(1000))
    worker.ask([question])
    assert (await worker.explain_all([question]))[question.key] == first
    again = await worker.decide(question)
    assert isinstance(again, Explained)
    assert again.reason is Reason.BEHIND


async def test_a_reason_outlives_a_registry_that_fails(lab: Lab) -> None:
    strangers(lab, 1)
    (question,) = await questions(lab)
    listener = Listener()
    worker = await explainer(lab, listener)
    first = (await worker.explain_all([question]))[question.key]
    lab.registries["base"].faults.forbidden = {"shop/app-0"}
    assert await worker.decide(question) == first
    assert listener.found == {question.key: first}


async def test_what_is_found_in_one_turn_is_told_together(lab: Lab) -> None:
    wrap(lab, 8)
    wanted, listener = await questions(lab), Listener()
    tools = replace(lab.tools, journal=FakeJournal(), memory=FakeMemory())
    library = Library(tools)
    await Explainer(tools, library, lab.bench.path, Listener()).explain_all(wanted)
    await Explainer(tools, library, lab.bench.path, listener).explain_all(wanted)
    assert (len(listener.found), listener.calls) == (8, 1)


async def test_cells_that_share_the_base_s_image_pay_for_it_once(lab: Lab) -> None:
    lab.push("base", "shop/api", "1.0.0", picture(1))
    for number, environment in enumerate(("dev", "prod")):
        lab.push(environment, "shop/api", "1.0.0", images.index([picture(1)], annotations={"n": str(number)}))
    wanted, worker = await questions(lab), await explainer(lab, Listener())
    before = asked(lab)
    await worker.explain_all(wanted)
    assert asked(lab) - before == worker.requests == 3


async def test_without_the_journal_content_decides_but_calls_nothing_foreign(lab: Lab, tmp_path: Path) -> None:
    wrap(lab, 2)
    strangers(lab, 1)
    (tmp_path / "file").touch()
    broken = SqliteJournal(tmp_path / "file" / "journal.db", {"base": "a/", "dev": "b/"})
    tools = replace(lab.tools, journal=broken, memory=FakeMemory())
    wanted = await questions(lab)
    found = (await Explainer(tools, Library(tools), lab.bench.path, Listener()).explain_all(wanted)).values()
    assert [item.reason for item in found if isinstance(item, Explained)] == [Reason.WRAPPED]
    (undecided,) = [item for item in found if isinstance(item, Undecided)]
    assert "journal.db cannot be used" in undecided.missing[0]


async def test_a_fault_in_one_cell_leaves_the_others_their_answers(lab: Lab) -> None:
    wrap(lab, 2)
    one, other = await questions(lab)
    broken = Question(Repository("shop/nowhere"), one.tag, "base", "no such environment", one.base, one.held)
    found = await (await explainer(lab, Listener())).explain_all([broken, other])
    assert isinstance(found[broken.key], Undecided)
    assert isinstance(found[other.key], Explained)


async def test_a_decision_that_never_has_enough_ends(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    strangers(lab, 1)
    (question,) = await questions(lab)
    wants = (WantManifest("base", Digest("sha256", f"{number:064x}")) for number in count())
    monkeypatch.setattr(case_reader, "judge", lambda _case, _known: next(wants))
    before = asked(lab)
    found = await (await explainer(lab, Listener())).decide(question)
    assert isinstance(found, Undecided)
    assert "more parts" in found.missing[0]
    assert asked(lab) - before < 100


async def test_a_promotion_that_the_journal_knows_makes_it_moved(lab: Lab) -> None:
    lab.push("base", "shop/api", "1.0.0", picture(1))
    await lab.promote(await lab.bench.plan(lab.request("shop/api:1.0.0", "dev")))
    assert not await questions(lab)
    lab.push("base", "shop/api", "1.0.0", picture(2))
    before = asked(lab)
    (question,) = await questions(lab)
    listed = asked(lab)
    (found,) = (await (await explainer(lab, Listener())).explain_all([question])).values()
    assert isinstance(found, Explained)
    assert (found.reason, asked(lab) - listed) == (Reason.MOVED, 0)
    assert listed > before
