"""What to say where `--repo` or `--tag` match nothing: a slip in a filter must not look as if all were well."""

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from tui.cli.alike import alike
from tui.cli.reading import Findings, is_incomplete, unresolved
from tui.domain import amounts
from tui.domain.reference import Repository
from tui.domain.text import clean
from tui.usecases.workbench import Workbench


async def unmatched(
    bench: Workbench, findings: Findings, globs: Sequence[str], tag: re.Pattern[str] | None = None
) -> tuple[str, ...]:
    """A sentence on each filter that nothing matches; none where not everything could be read, as nobody knows then.

    Names that are alike come from the catalogs that were read, and from what is remembered.
    """
    rows = findings.board.rows
    wanted = tuple(row for row in rows if tag is None or tag.search(row.tag))
    if is_incomplete(wanted, (*findings.problems, *unresolved(findings, wanted))):
        return ()
    held = {row.repository for row in rows}
    missed = [glob for glob in globs if not any(fnmatchcase(name, glob) for name in held)]
    remembered = {item.repository for item in await bench.recall() if item.entries} if missed else set[Repository]()
    known = held | remembered | {name for name in findings.passed_over if bench.scope.has_repository(name)}
    sentences = tuple(_repository_sentences(missed, known))
    if tag is not None and not wanted:
        sentences += (f"--tag {clean(tag.pattern, 160)}: found in none of {amounts.count(len(rows), 'tag')}",)
    return sentences


def _repository_sentences(globs: Iterable[str], known: Iterable[Repository]) -> Iterator[str]:
    for glob in globs:
        others = [name for name in known if not fnmatchcase(name, glob)]
        yield f"--repo {clean(glob, 160)}: no environment has such a repository with a tag{alike(glob, others)}"
