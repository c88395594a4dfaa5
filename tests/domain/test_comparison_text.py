"""A comparison in lines: verdict, origin, platforms, companions, what could not be read; hostile values included."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.images import AMD64, ARM64, companion, config, image, side
from tui.domain import media
from tui.domain.comparison import CompanionKind, ImageSide, compare_images
from tui.domain.comparison_text import Line, LineKind, comparison_lines
from tui.domain.identity import Identity
from tui.domain.masking import MASK
from tui.domain.platform import Platform
from tui.domain.reference import Repository

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
hostile = st.text() | st.sampled_from(
    ["\x1b[31mred", "\u202eabc", "[bold]x[/]", "a\nb", "\x9b1m", "\u200b", "💥" * 400]
)


def told(left: ImageSide, right: ImageSide) -> list[str]:
    """The lines as they are printed."""
    return [str(item) for item in comparison_lines(compare_images(left, right), NOW)]


def prod(one: ImageSide) -> ImageSide:
    """The same in prod."""
    return replace(one, name="prod", reference=replace(one.reference, registry="prod.example"))


def section(lines: list[str], title: str) -> list[str]:
    """The lines below a title."""
    begin = lines.index(f"# {title}") + 1
    end = next((at for at in range(begin, len(lines)) if lines[at].startswith("#")), len(lines))
    return lines[begin:end]


# -- verdict -----------------------------------------------------------------------------------------------------------


def test_the_same_image() -> None:
    one = side(image())
    lines = told(one, prod(one))
    assert lines[0] == "# same image: same digest"
    assert lines[1] == f"= base: base.example/shop/api:1.0 {one.digest} (OCI index, 4 kB)"
    assert lines[2] == f"= prod: prod.example/shop/api:1.0 {one.digest} (OCI index, 4 kB)"
    assert section(lines, "origin") == ["  neither side says where it comes from"]
    assert section(lines, "platforms") == [f"= linux/amd64: same digest {one.images[0].digest.short}"]
    assert section(lines, "companions") == ["= none on either side"]


def test_different_images() -> None:
    left, right = side(image("ab")), side(image("cd", config(labels=(("a", "b"),))), name="prod")
    lines = told(left, right)
    assert lines[0] == f"# different images: prod has {right.digest.short}, base has {left.digest.short}"
    assert [text[0] for text in lines[1:3]] == ["-", "+"]


def test_the_same_image_without_its_signature() -> None:
    one = side(image(), companions=(companion(), companion(digest="t"), companion(CompanionKind.SBOM)))
    lines = told(one, replace(prod(one), companions=()))
    assert lines[0] == "# same image: same digest; but signature only in base, SBOM only in base"


@pytest.mark.parametrize(
    ("left", "right", "gist"),
    [
        ((image("a"),), (image("a"), image("b", platform=ARM64)), "every platform that both have is the same"),
        (
            (image("a"), image("b", platform=ARM64)),
            (image("b", platform=ARM64), image("a")),
            "every platform is the same",
        ),
        (
            (image("ab", config("12"), digest="1"),),
            (replace(image("xy", config("12"), digest="2"), manifest=image("xy", config("12")).manifest),),
            "every platform has the same content in other bytes",
        ),
        ((image("ab", digest="1"),), (image("ba", digest="2"),), ""),
    ],
)
def test_how_near_they_are(left: tuple[object, ...], right: tuple[object, ...], gist: str) -> None:
    first = told(side(*left), side(*right, name="prod"))[0]  # pyright: ignore[reportArgumentType]
    assert first.partition("; ")[2] == gist


def test_built_from_the_same_commit() -> None:
    identity = Identity(commit="1f3c2ab94be1")
    left = side(image("a"), identity=identity)
    right = side(image("b", config(env=(("A", "1"),))), name="prod", identity=identity)
    assert told(left, right)[0].endswith("; built from the same commit")


def test_two_tags_of_one_environment_are_called_by_their_tags() -> None:
    left, right = side(image("a")), side(image("b", config(env=(("A", "1"),))), tag="2.0")
    assert told(left, right)[0].startswith("# different images: base 2.0 has ")
    assert "base 1.0 (left): " in told(left, left)[1]


def test_two_repositories_of_one_environment_are_called_by_their_names() -> None:
    left = side(image("a"))
    right = replace(left, reference=replace(left.reference, repository=Repository("shop/web")))
    assert told(left, right)[2].startswith("= base shop/web:1.0: base.example/shop/web:1.0 ")


# -- origin ------------------------------------------------------------------------------------------------------------


def test_origin() -> None:
    left = side(
        image(settings=config(created=NOW - timedelta(days=1))),
        identity=Identity("1f3c2ab94be1", "20261120.4", "1.0", base_name="node:22"),
    )
    right = side(
        image(settings=config(created=NOW - timedelta(days=4))),
        name="prod",
        identity=Identity("9f8e7d6c5b4a", "20261117.1", "1.0"),
    )
    assert section(told(left, right), "origin") == [
        "= version: 1.0",
        "~ build: 20261120.4 → 20261117.1",
        "~ commit: 1f3c2ab94be1 → 9f8e7d6c5b4a",
        "- base image: node:22",
        "~ created: 2026-11-23 12:00 UTC (1 d ago) → 2026-11-20 12:00 UTC (4 d ago); prod 3 d earlier",
    ]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (NOW, NOW, "= created: 2026-11-24 12:00 UTC (0 s ago)"),
        (NOW, None, "- created: 2026-11-24 12:00 UTC (0 s ago), said only in base"),
        (None, NOW, "+ created: 2026-11-24 12:00 UTC (0 s ago), said only in prod"),
    ],
)
def test_created(left: datetime | None, right: datetime | None, expected: str) -> None:
    one = side(image(settings=config(created=left)))
    other = side(image(settings=config(created=right)), name="prod")
    assert section(told(one, other), "origin") == [expected]


# -- platforms ---------------------------------------------------------------------------------------------------------


def test_layers_and_settings_of_a_platform() -> None:
    old = config("1234", env=(("LEVEL", "info"), ("PASSWORD", "a"), ("OLD", "x")), labels=(("note", "1"),))
    new = config("5678", env=(("LEVEL", "debug"), ("PASSWORD", "b")), labels=(("note", "1"), ("more", "")))
    left, right = image("abcd", old), image("abxy", new)
    lines = section(told(side(left, image("a", platform=ARM64)), side(right, name="prod")), "platforms")
    c, d, x, y = (layer.digest.short for layer in (*left.manifest.layers[2:], *right.manifest.layers[2:]))
    arm = image("a", platform=ARM64).digest.short
    assert lines == [
        "~ linux/amd64",
        "~   layers: 2 of 4 shared; 2 kB only in base; 2 kB only in prod",
        "=     2 layers unchanged, 2 kB",
        f"-     layer 3  {c}  1 kB",
        f"-     layer 4  {d}  1 kB",
        f"+     layer 3  {x}  1 kB",
        f"+     layer 4  {y}  1 kB",
        "~   config",
        "~     env LEVEL: info → debug",
        f"~     env PASSWORD: {MASK} (differs in what is masked)",
        "-     env OLD=x",
        "+     label more=",
        f"- linux/arm64: only in base ({arm}, 1 layer, 1 kB)",
    ]


def test_layers_that_are_not_as_many_and_the_same_content_in_other_bytes() -> None:
    left, right = image("ab", config("12")), image("xbc", config("123"))
    lines = section(told(side(left), side(right, name="prod")), "platforms")
    assert lines[1] == (
        "~   layers: 1 shared, of 2 in base and 3 in prod; 1 kB only in base; 2 kB only in prod; "
        "1 with the same content in other bytes"
    )
    assert lines[3].endswith("1 kB  same content in other bytes")


def test_layers_in_another_order() -> None:
    lines = told(side(image("ab", digest="1")), side(image("ba", digest="2"), name="prod"))
    assert "~   layers: all 2 shared, but in another order (2 kB)" in lines
    lines = told(side(image("abc", digest="1")), side(image("bax", digest="2"), name="prod"))
    assert next(text for text in lines if "layers:" in text).endswith("; the shared ones in another order")


def test_a_config_that_differs_only_in_what_is_not_compared() -> None:
    one, other = image("a", config(created=NOW)), image("a", config(created=NOW - timedelta(days=1)))
    lines = told(side(one), side(other, name="prod"))
    assert "=   layers: all 1 shared (1 kB)" in lines
    assert "=   config: same settings (other time, history or layers)" in lines


def test_a_label_that_repeats_the_origin_is_told_once() -> None:
    key = "org.opencontainers.image.revision"
    one, other = (image("a", config(labels=((key, commit),))) for commit in ("1f3c2ab", "9f8e7d6"))
    lines = told(side(one, identity=Identity("1f3c2ab")), side(other, name="prod", identity=Identity("9f8e7d6")))
    assert "~ commit: 1f3c2ab → 9f8e7d6" in lines
    assert "=   config: same settings (its labels say what is told above)" in lines
    assert not [text for text in lines if key in text]


def test_a_config_that_could_not_be_read() -> None:
    one = replace(image("a", config("1")), config=None, platform=Platform("unknown", "unknown"))
    other = replace(one, digest=image("b").digest, manifest=image("b").manifest)
    lines = told(side(one), side(other, name="prod"))
    assert "~ no known platform" in lines
    assert "?   config: could not be read on both sides" in lines


def test_the_whole() -> None:
    one = side(image("a"), annotations=(("note", "1"),))
    other = replace(prod(one), root=replace(one.root, media_type=media.DOCKER_LIST), annotations=())
    assert section(told(one, other), "manifest of the whole") == [
        "~ media type: OCI index → Docker manifest list",
        "- annotation note=1",
    ]


def test_members_of_sets_and_commands() -> None:
    one = replace(config(), ports=("80/tcp",), command=("sh", "-c", "run it"))
    other = replace(config(), volumes=("/data",))
    lines = told(side(image("a", one)), side(image("a", other), name="prod"))
    assert lines[-5:-2] == ["-     command: sh -c 'run it'", "-     port 80/tcp", "+     volume /data"]


# -- companions --------------------------------------------------------------------------------------------------------


def test_companions() -> None:
    signature = companion()
    left = (signature, companion(CompanionKind.SBOM, subject=AMD64), companion(CompanionKind.OTHER, "1"))
    right = (signature, companion(CompanionKind.OTHER, "2"), companion(CompanionKind.OTHER, "3"))
    one = side(image(), companions=left)
    lines = told(one, replace(prod(one), companions=right))
    assert section(lines, "companions") == [
        "= signature: in both",
        "- SBOM for linux/amd64: only in base",
        "= other: in both",
        "+ other: only in prod",
    ]


def test_companions_that_could_not_be_read() -> None:
    one = side(image(), companions=(companion(), companion(digest="t")))
    other = replace(prod(one), companions=(), unread=("403",), unread_companions=(None,))
    lines = told(one, other)
    assert lines[0] == "# same image: same digest; not everything could be read"
    assert section(lines, "companions") == [
        "? 2 × signature: in base; whether in prod is not known",
        "? prod: not all of them could be read",
    ]
    assert lines[-2:] == ["# not read, so nothing is said of it", "? prod: 403"]


# -- hostile content ---------------------------------------------------------------------------------------------------


@given(hostile, hostile)
def test_no_value_reaches_a_terminal_raw(one: str, other: str) -> None:
    left = side(
        image("a", replace(config(labels=((one, other),), env=((other, one),)), user=one, command=(other,))),
        annotations=((one, other),),
        unread=(one,),
        identity=Identity(one, other),
        companions=(replace(companion(), subject=Platform(one, other)),),
    )
    right = side(image("b", config(labels=((one, "x"),)), platform=Platform(other, one)), name="prod")
    for text in told(left, right):
        assert len(text) < 1100
        assert not [letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
                    and ord(letter) not in _HARMLESS]  # fmt: skip


_HARMLESS = {*(number for number in range(0x110000) if unicodedata.category(chr(number)) == "Cf")} - {
    0x061C,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
}
"""Format characters that neither reorder nor hide text, such as the Arabic number sign."""


def test_ten_thousand_labels_are_compared_and_the_first_are_told() -> None:
    left, right = (
        image("a", config(labels=tuple((f"label {at}", f"{value}{at}" * 20) for at in range(10_000))))
        for value in ("one", "other")
    )
    comparison = compare_images(side(left), side(right, name="prod"))
    assert len(comparison.platforms[0].changes) == 10_000
    lines = [str(item) for item in comparison_lines(comparison, NOW)]
    assert len(lines) < 250
    assert "~     … and 9800 more" in lines


def test_ten_thousand_layers_and_companions_are_compared_and_the_first_are_told() -> None:
    layers = "".join(map(chr, range(0x4E00, 0x4E00 + 10_000)))
    many = tuple(companion(digest=str(at), subject=Platform("linux", f"cpu{at}")) for at in range(10_000))
    lines = told(side(image(layers), companions=many), side(image("a", config("1")), name="prod"))
    assert len(lines) < 250
    assert "~     … and 9901 more layers" in lines
    assert "  … and 9900 more" in lines


def test_of_long_values_the_part_that_differs_is_shown() -> None:
    path = "/usr/bin:" * 40
    one, other = (image("a", config(env=(("PATH", f"{path}{end}"),))) for end in ("/opt/a", "/opt/b"))
    (text,) = [text for text in told(side(one), side(other, name="prod")) if "PATH" in text]
    assert text == "~     env PATH: …:/usr/bin:/usr/bin:/opt/a → …:/usr/bin:/usr/bin:/opt/b"


def test_a_line_is_its_sign_its_depth_and_its_text() -> None:
    assert str(Line(LineKind.ADDED, "x", 2)) == "+     x"
    assert str(Line(LineKind.NOTE, "x")) == "  x"
