"""The library: files become values, references have targets, and everything wrong is told at once with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wuyou.errors import LibraryError
from wuyou.library import TITLES, Library
from wuyou.workbench import Workbench


def said(folder: Path) -> list[str]:
    """Return everything that is wrong, a line each."""
    return [str(problem) for problem in Library(folder).problems()]


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of the library; the words to be changed must stand there once."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (name, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


# ── the libraries that ship ──


def test_the_tiny_library_has_no_problem(library: Library) -> None:
    assert library.problems() == []


def test_the_tiny_project_with_its_rules_and_templates_has_nothing_to_complain_of(bench: Workbench) -> None:
    assert bench.lint() == []


def test_the_shipped_library_has_no_problem(shipped: Library) -> None:
    assert shipped.problems() == []


def test_the_shipped_library_holds_what_it_promises(shipped: Library) -> None:
    assert len(shipped.segments) == 14
    assert set(shipped.channels) == {"moments", "chat", "group"}
    assert {segment.title for segment in shipped.segments.values()} >= {"代发客群", "老年客群", "私行客群"}
    assert shipped.bank.sample
    assert all(sheet.facts for sheet in shipped.sheets.values())
    assert all(fact.kept for sheet in shipped.sheets.values() for fact in sheet.facts)


# ── files become values ──


def test_a_files_path_is_its_name(library: Library) -> None:
    for kind in ("segments", "products", "channels", "genres", "arcs", "cadences", "campaigns", "sheets"):
        assert all(name == value.name for name, value in getattr(library, kind).items())
    assert {(story.kind, story.name) for story in library.stories} == {
        ("persona", "spare_umbrella"),
        ("persona", "slow_clock"),
    }
    assert {phrase.role for phrase in library.phrases} == {"scene", "closer"}


def test_a_fact_carries_its_place_and_the_sheets_keeper(library: Library) -> None:
    fact = next(fact for fact in library.sheets["autumn_deposit"].facts if fact.key == "rate_1y")
    assert (fact.citation.material, fact.citation.locator) == ("秋收定期存款公告.md", "表1第2行")
    assert fact.kept_by == "示例编辑"


def test_a_fact_may_have_a_keeper_of_its_own_and_one_without_any_is_not_kept(library_folder: Path) -> None:
    edit(library_folder, "facts/wealth_90.yml", "kept_by: 示例编辑\n", "")
    edit(library_folder, "facts/wealth_90.yml", "    value: 90天\n", "    value: 90天\n    kept_by: 何穗\n")
    hold, moves = Library(library_folder).sheets["wealth_90"].facts
    assert hold.kept_by == "何穗"
    assert not moves.kept


@pytest.mark.parametrize("keeper", ["kept_by:", "kept_by: ~", "kept_by: ''"])
def test_an_empty_keeper_keeps_nothing(library_folder: Path, keeper: str) -> None:
    edit(library_folder, "facts/wealth_90.yml", "kept_by: 示例编辑", keeper)
    assert not any(fact.kept for fact in Library(library_folder).sheets["wealth_90"].facts)


def test_two_stories_of_one_name_and_two_kinds_are_two_stories(library_folder: Path) -> None:
    shutil.copytree(library_folder / "stories" / "persona", library_folder / "stories" / "case")
    assert len(Library(library_folder).stories) == 4


def test_nothing_is_read_before_it_is_asked_for(library_folder: Path) -> None:
    (library_folder / "segments" / "elders.yml").write_text("坏", encoding="utf-8")
    library = Library(library_folder)
    assert library.bank.short == "禾溪"
    assert library.get("cadences", "small").rounds == 2
    with pytest.raises(LibraryError):
        _ = library.segments


def test_a_missing_folder_is_an_empty_one(library_folder: Path) -> None:
    shutil.rmtree(library_folder / "stories")
    assert Library(library_folder).stories == ()


# ── one thing by name ──


@pytest.mark.parametrize("kind", [kind for kind in TITLES if kind != "stories"])
def test_asking_for_what_is_not_there_says_which_there_are(library: Library, kind: str) -> None:
    with pytest.raises(LibraryError, match=f"没有叫 nobody 的{TITLES[kind]}（可用："):
        library.get(kind, "nobody")


def test_a_campaign_naming_a_missing_segment_gives_file_and_line(library_folder: Path) -> None:
    edit(library_folder, "campaigns/harvest.yml", "[commuters, elders]", "[commuters, elder]")
    with pytest.raises(LibraryError) as caught:
        Library(library_folder).campaign("harvest")
    assert str(caught.value) == "content_library/campaigns/harvest.yml:3：没有这个客群：elder（是不是想写 elders？）"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "cadences/small.yml",
            "chat: {benefit: 1}",
            "chat: {benefits: 1}",
            "cadences/small.yml:17：没有这个内容类型：benefits",
        ),
        ("cadences/small.yml", "arc: why3", "arc: why4", "cadences/small.yml:15：没有这个话术框架：why4"),
        (
            "facts/wealth_90.yml",
            "product: wealth_90",
            "product: wealth_91",
            "facts/wealth_90.yml:3：没有这个产品：wealth_91",
        ),
    ],
)
def test_a_campaign_is_held_back_by_whatever_its_plan_would_stumble_over(
    library_folder: Path, name: str, old: str, new: str, said: str
) -> None:
    edit(library_folder, name, old, new)
    with pytest.raises(LibraryError) as caught:
        Library(library_folder).campaign("harvest")
    assert f"content_library/{said}" in str(caught.value)


# ── every kind of dangling reference ──


@pytest.mark.parametrize(
    ("name", "line", "old", "new", "what"),
    [
        ("campaigns/harvest.yml", 2, "product: autumn_deposit", "product: gone", "没有这个产品：gone"),
        ("campaigns/harvest.yml", 4, "cadence: small", "cadence: gone", "没有这个节奏：gone"),
        ("campaigns/harvest.yml", 3, "[commuters, elders]", "[gone, elders]", "没有这个客群：gone"),
        ("campaigns/harvest.yml", 7, "  benefit:", "  gone:", "没有这个内容类型：gone"),
        ("campaigns/harvest.yml", 8, "default: [autumn_deposit]", "default: [gone]", "没有这个要点：gone"),
        ("cadences/small.yml", 8, "arc: aida", "arc: gone", "没有这个话术框架：gone"),
        ("cadences/small.yml", 19, "      group: {quiz: 1}", "      gone: {quiz: 1}", "没有这个渠道：gone"),
        ("cadences/small.yml", 11, "moments: {persona: 1}", "moments: {gone: 1}", "没有这个内容类型：gone"),
        ("cadences/small.yml", 20, "ours: [group]", "ours: [gone]", "没有这个渠道：gone"),
        ("genres/quiz.yml", 3, "group: [reply]", "gone: [reply]", "没有这个渠道：gone"),
        ("segments/elders.yml", 12, "  group: ", "  gone: ", "没有这个渠道：gone"),
        ("facts/wealth_90.yml", 3, "product: wealth_90", "product: gone", "没有这个产品：gone"),
        ("facts/wealth_90.yml", 1, "material: 溪畔90天产品说明.md", "material: gone.md", "materials/ 里没有 gone.md"),
        ("stories/persona/slow_clock.yml", 6, "[commuters, elders]", "[commuters, gone]", "没有这个客群：gone"),
        ("phrases/scene.yml", 4, "segments: [elders]", "segments: [gone]", "没有这个客群：gone"),
        ("phrases/closer.yml", 3, "genres: [quiz]", "genres: [gone]", "没有这个内容类型：gone"),
        ("reviewers.yml", 9, "channels: [chat]", "channels: [gone]", "没有这个渠道：gone"),
    ],
)  # fmt: skip
def test_a_dangling_reference_is_told_where_it_stands(
    library_folder: Path, name: str, line: int, old: str, new: str, what: str
) -> None:
    edit(library_folder, name, old, new)
    (found,) = said(library_folder)
    assert found.startswith(f"content_library/{name}:{line}：")
    assert what in found


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("segments/elders.yml", "suits: [deposit, general]", "suits: [gone]"),
        ("products/wealth_90.yml", "kind: wealth", "kind: gone"),
        ("reviewers.yml", "products: [deposit]", "products: [gone]"),
        ("genres/persona.yml", "story: persona", "story: gone"),
    ],
)
def test_a_word_from_a_fixed_list_is_refused_when_it_is_not_in_it(
    library_folder: Path, name: str, old: str, new: str
) -> None:
    edit(library_folder, name, old, new)
    (found,) = said(library_folder)
    assert f"content_library/{name}:" in found
    assert "不能是 gone（可用：" in found


def test_a_segment_named_twice_in_a_campaign_is_refused(library_folder: Path) -> None:
    edit(library_folder, "campaigns/harvest.yml", "[commuters, elders]", "[commuters, elders, commuters]")
    assert said(library_folder) == ["content_library/campaigns/harvest.yml:3：这个客群写了两遍：commuters（请留一处）"]


# ── files that are not what they should be ──


@pytest.mark.parametrize(
    "name",
    ["segments/elders.yml", "facts/wealth_90.yml", "bank.yml", "reviewers.yml", "stories/persona/slow_clock.yml"],
)
@pytest.mark.parametrize("text", ["", "- 一\n- 二\n", "只有一句话"], ids=["empty", "list", "text"])
def test_a_file_of_the_wrong_shape_is_told_with_its_name(library_folder: Path, name: str, text: str) -> None:
    (library_folder / name).write_text(text, encoding="utf-8")
    assert any(f"content_library/{name}:1：" in found for found in said(library_folder))


def test_a_phrase_file_that_is_no_list_is_told(library_folder: Path) -> None:
    (library_folder / "phrases" / "scene.yml").write_text("text: 一句\n", encoding="utf-8")
    assert said(library_folder) == ["content_library/phrases/scene.yml:1：要写成列表，一行一句"]


@pytest.mark.parametrize("missing", ["at", "quote"])
def test_a_fact_without_a_place_or_a_quote_is_none(library_folder: Path, missing: str) -> None:
    path = library_folder / "facts" / "wealth_90.yml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(f"    {missing}:")), encoding="utf-8")
    found = said(library_folder)
    assert len(found) == 2
    assert found[0] == f"content_library/facts/wealth_90.yml:11：hold 少了这一项：{missing}（没有出处的不算要点）"


def test_a_problem_inside_a_fact_names_the_facts_line(library_folder: Path) -> None:
    edit(library_folder, "facts/wealth_90.yml", "    kind: condition\n", "    kind: conditions\n    plian: 打错了\n")
    found = said(library_folder)
    assert [line.split("：")[0] for line in found] == [
        "content_library/facts/wealth_90.yml:24",
        "content_library/facts/wealth_90.yml:25",
    ]
    assert "是不是想写 plain" in found[1]


def test_problems_of_several_files_are_told_together(library_folder: Path) -> None:
    edit(library_folder, "segments/elders.yml", "risk: 1", "risk: 9")
    edit(library_folder, "segments/commuters.yml", "tone:", "tonne:")
    edit(library_folder, "channels/chat.yml", "bytes: 4000, ", "")
    edit(library_folder, "bank.yml", "sample: true", "sample: perhaps")
    edit(library_folder, "facts/autumn_deposit.yml", "valid_until: 2026-10-13", "valid_until: 十月")
    (library_folder / "genres" / "quiz.yml").write_text("title: [", encoding="utf-8")
    files = {found.split(":")[0].removeprefix("content_library/") for found in said(library_folder)}
    assert files == {
        "segments/elders.yml", "segments/commuters.yml", "channels/chat.yml", "bank.yml",
        "facts/autumn_deposit.yml", "genres/quiz.yml",
    }  # fmt: skip


# ── telling whether something changed ──


def test_a_fingerprint_changes_with_any_file_but_not_with_the_record_of_decisions(library_folder: Path) -> None:
    library = Library(library_folder)
    before, rules, bank = library.fingerprint(), library.fingerprint("rules"), library.fingerprint("bank.yml")
    (library_folder / "records").mkdir()
    (library_folder / "records" / "notes.yml").write_text("a: 1")
    assert library.fingerprint() == before
    edit(library_folder, "bank.yml", "short: 禾溪", "short: 禾")
    assert library.fingerprint() != before
    assert library.fingerprint("rules") == rules
    assert library.fingerprint("bank.yml") != bank
    (library_folder / "bank.yml").rename(library_folder / "bank2.yml")
    assert library.fingerprint("segments") == Library(library_folder).fingerprint("segments")
