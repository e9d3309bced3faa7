"""Pictures: every promise about what a poster is, and what happens when it cannot be made."""

from __future__ import annotations

import json
import re
import shutil
import struct
from pathlib import Path

import pytest
import typst
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from wuyou import pictures
from wuyou.errors import ExportError, LibraryError
from wuyou.pictures import guard, press, tables
from wuyou.values import Bank, Picture

ROOT = Path(__file__).parent.parent
POSTERS = ROOT / "templates" / "posters"
FONTS = ROOT / "src" / "wuyou" / "fonts"
BANK = Bank(name="禾溪银行", short="禾溪", hotline="400-000-0505", sample=True, refusal="不想收到，回“不用”就好。")


def a_picture(**fields: object) -> Picture:
    return Picture.model_validate(
        {"kind": "scene", "headline": "茶续上了", "lines": ("窗边坐一会儿",), "scene": "窗边一壶茶", **fields}
    )


def make(folder: Path, *wanted: Picture, bank: Bank = BANK, jobs: int = 1) -> list[Path]:
    return pictures.make(wanted, folder, POSTERS, bank=bank, jobs=jobs)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def refusal(folder: Path, *wanted: Picture) -> str:
    with pytest.raises(ExportError) as caught:
        make(folder, *wanted)
    return str(caught.value)


@pytest.fixture(scope="session")
def every_scene(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Make one poster of each drawing, full of words."""
    folder = tmp_path_factory.mktemp("scenes")
    wanted = {
        name: a_picture(headline="先留一份给家人", lines=("工资到账那一刻先挪一份",) * 3, footnote="示意", scene=name)
        for name in pictures.scene_names(POSTERS)
    }
    make(folder, *wanted.values(), jobs=2)
    return {name: (folder / picture.file).read_bytes() for name, picture in wanted.items()}


# ── what a poster is ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_poster_is_1080_by_1440_and_named_by_its_picture(tmp_path: Path) -> None:
    picture = a_picture()
    assert make(tmp_path, picture) == [tmp_path / picture.file]
    assert size((tmp_path / picture.file).read_bytes()) == (1080, 1440)


def test_there_are_at_least_fifty_scenes_and_each_makes_another_poster(every_scene: dict[str, bytes]) -> None:
    assert len(every_scene) >= 50
    assert len(set(every_scene.values())) == len(every_scene)
    assert {size(png) for png in every_scene.values()} == {(1080, 1440)}


def test_every_poster_is_light_enough_to_send(every_scene: dict[str, bytes]) -> None:
    assert {name: len(png) for name, png in every_scene.items() if len(png) > 300_000} == {}


def test_the_same_picture_gives_the_same_bytes_again_and_on_two_threads(tmp_path: Path) -> None:
    wanted = [
        a_picture(headline=word, scene=scene) for word in ("慢慢来", "早") for scene in ("雨伞", "水壶", "跷跷板")
    ]
    runs = [tmp_path / name for name in ("one", "again", "two")]
    for folder, jobs in zip(runs, (1, 1, 2), strict=True):
        make(folder, *wanted, jobs=jobs)
    for picture in wanted:
        assert len({(folder / picture.file).read_bytes() for folder in runs}) == 1


def test_eight_characters_above_and_three_lines_of_fourteen_fit(tmp_path: Path) -> None:
    footnote = "理财非存款，产品有风险，投资须谨慎。详见产品说明书、风险揭示书。"
    picture = a_picture(headline="赢" * 8, lines=("鑫" * 14,) * 3, footnote=footnote)
    assert pictures.problems(picture) == []
    assert make(tmp_path, picture)


GB2312 = "".join(
    bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)
)


@settings(max_examples=40, deadline=None)
@given(
    headline=st.text(GB2312, max_size=pictures.HEADLINE),
    lines=st.lists(st.text(GB2312, max_size=pictures.LINE), max_size=pictures.LINES),
    footnote=st.text(GB2312 + "，。（）0123456789%", max_size=60),
)
def test_any_words_within_the_norms_can_be_set(
    tmp_path_factory: pytest.TempPathFactory, headline: str, lines: list[str], footnote: str
) -> None:
    picture = a_picture(headline=headline, lines=tuple(lines), footnote=footnote)
    assert pictures.problems(picture) == []
    (path,) = make(tmp_path_factory.mktemp("any"), picture)
    png = path.read_bytes()
    assert size(png) == (1080, 1440)
    assert len(png) <= 300_000


def test_words_are_data_and_never_source(tmp_path: Path) -> None:
    make(tmp_path, a_picture(headline='#[*_$"\\', lines=("#panic(1)", "= 不是标题", "@谁")))


def test_a_poster_reaches_the_compiler_as_bare_numbers() -> None:
    poster: dict[str, object] = {"headline": '#panic("到这里")', "lines": ["]))", "\\u{1}"]}
    source = press._source(poster, POSTERS / "poster.typ", POSTERS.resolve()).decode()
    first, second = source.split("\n")
    assert first == '#import "/poster.typ": shown'
    told = re.fullmatch(r"#shown\(json\(bytes\(\(([\d,]+)\)\)\)\)", second)
    assert told is not None
    assert json.loads(bytes(map(int, told[1].split(",")))) == poster


def test_only_the_sample_bank_is_marked_as_sample(tmp_path: Path) -> None:
    picture = a_picture()
    own = BANK.model_copy(update={"sample": False})
    make(tmp_path / "sample", picture)
    make(tmp_path / "own", picture, bank=own)
    assert (tmp_path / "sample" / picture.file).read_bytes() != (tmp_path / "own" / picture.file).read_bytes()


# ── what cannot be set ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_glyph_is_named_with_its_picture_and_nothing_is_made(tmp_path: Path) -> None:
    message = refusal(tmp_path, a_picture(headline="㐂事", lines=("小𠮷家😀",)), a_picture(footnote="注\u200b意"))
    assert "图片“㐂事”：字库里没有“㐂”（U+3402）（" in message
    assert "“𠮷”（U+20BB7）" in message
    assert "“😀”（U+1F600）" in message
    assert "图片“茶续上了”：字库里没有看不见的字符 U+200B（" in message
    assert list(tmp_path.iterdir()) == []


def test_too_long_a_text_is_refused_line_by_line(tmp_path: Path) -> None:
    picture = a_picture(headline="先" * 16, lines=("短的一行", "长" * 60), footnote="注" * 400)
    message = refusal(tmp_path, picture, a_picture())
    assert "：大字有 16 个字，字号缩到底也放不下：先先" in message
    assert "：第 2 行小字有 60 个字，字号缩到底也放不下：长长" in message
    assert "：脚注有 400 个字，字号缩到底也放不下：注注" in message
    assert "第 1 行" not in message
    assert message.count(picture.headline + "”") == 3


def test_text_a_little_over_the_norm_shrinks_before_it_is_refused(tmp_path: Path) -> None:
    picture = a_picture(headline="先" * 9, lines=("长" * 24,))
    assert make(tmp_path, picture)
    assert [problem.what for problem in pictures.problems(picture)] == ["大字有 9 个字", f"“{'长' * 24}”有 24 个字"]


def test_a_fourth_line_is_refused(tmp_path: Path) -> None:
    assert "图上有 4 行小字（请留 3 行以内）" in refusal(tmp_path, a_picture(lines=("一", "二", "三", "四")))


@pytest.mark.parametrize("scene", ["楼前一面国旗", "一叠钞票和算盘", "墙上的领导人照片"])
def test_flags_banknotes_and_leaders_are_refused(tmp_path: Path, scene: str) -> None:
    picture = a_picture(scene=scene)
    assert "：画面里不能有" in refusal(tmp_path, picture)
    assert any("画面里不能有" in problem.what for problem in pictures.problems(picture, POSTERS))


def test_a_template_with_an_unknown_font_is_refused(tmp_path: Path) -> None:
    posters = tmp_path / "posters"
    shutil.copytree(POSTERS, posters)
    card = posters / "poster.typ"
    card.write_text(card.read_text(encoding="utf-8").replace("Noto Sans SC", "No Such Face"), encoding="utf-8")
    with pytest.raises(LibraryError, match="没有随附的字体"):
        pictures.make([a_picture()], tmp_path / "out", posters, bank=BANK)


def test_a_broken_template_is_a_chinese_message(tmp_path: Path) -> None:
    posters = tmp_path / "posters"
    shutil.copytree(POSTERS, posters)
    with (posters / "poster.typ").open("a", encoding="utf-8") as card:
        card.write("\n#nowhere()\n")
    with pytest.raises(LibraryError, match="海报模板排不出来"):
        pictures.make([a_picture()], tmp_path / "out", posters, bank=BANK)


# ── what is made again, what is taken away ───────────────────────────────────────────────────────────────────────────


def stamps(paths: list[Path]) -> list[tuple[int, int]]:
    return [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths]


def test_unchanged_pictures_are_not_made_again(tmp_path: Path) -> None:
    one, two = a_picture(), a_picture(headline="早")
    before = stamps(make(tmp_path, one))
    assert stamps(make(tmp_path, one, two))[:1] == before
    assert stamps(make(tmp_path, one, two))[:1] == before


def test_another_style_makes_all_again(tmp_path: Path) -> None:
    picture = a_picture()
    (path,) = make(tmp_path, picture)
    before = path.read_bytes()
    make(tmp_path, picture, bank=BANK.model_copy(update={"short": "南塘"}))
    assert path.read_bytes() != before


def test_a_run_cut_short_leaves_nothing_that_passes_for_finished(tmp_path: Path) -> None:
    picture = a_picture()
    (path,) = make(tmp_path, picture)
    whole = path.read_bytes()
    path.write_bytes(b"old style")
    refusal(tmp_path, picture, a_picture(headline="先" * 16))
    assert path.read_bytes() == b"old style"  # same style: kept
    refused_style = BANK.model_copy(update={"short": "南塘"})
    with pytest.raises(ExportError):
        make(tmp_path, picture, a_picture(headline="先" * 16), bank=refused_style)
    make(tmp_path, picture)
    assert path.read_bytes() == whole


def test_pictures_no_longer_wanted_are_removed_and_strangers_kept(tmp_path: Path) -> None:
    (old,) = make(tmp_path, a_picture(headline="旧的"))
    photo = tmp_path / "网点照片.png"
    photo.write_bytes(b"photo")
    (new,) = make(tmp_path, a_picture(headline="新的"))
    assert not old.exists()
    assert {path.name for path in tmp_path.iterdir()} == {photo.name, new.name, ".style"}


def test_the_same_picture_twice_is_one_file_and_a_given_one_is_left_alone(tmp_path: Path) -> None:
    assert len(make(tmp_path, a_picture(), a_picture(), a_picture(kind="given"))) == 1


def test_no_pictures_are_no_error(tmp_path: Path) -> None:
    assert make(tmp_path / "none") == []


# ── scenes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def in_template(name: str) -> list[str]:
    """Return the keys of a dictionary in a template, named file:dictionary."""
    file, _, table = name.partition(":")
    source = f'#import "{file}.typ": {table}\n#metadata({table}.keys()) <names>'
    compiler = typst.Compiler(source.encode(), root=POSTERS, ignore_system_fonts=True)
    return sorted(json.loads(compiler.query("<names>", field="value", one=True)))


def test_the_table_and_the_templates_know_the_same_drawings_palettes_and_backdrops() -> None:
    assert in_template("scenes:drawings") == sorted(pictures.scene_names(POSTERS))
    assert in_template("palettes:palettes") == sorted(tables.PALETTES)
    assert in_template("backdrops:backdrops") == sorted(tables.BACKDROPS)


def test_every_word_leads_to_its_own_drawing() -> None:
    scenes = tables.read_scenes(POSTERS)
    assert {
        word: scenes.known(word)
        for name, words in scenes.drawings.items()
        for word in words
        if scenes.known(word) != name
    } == {}


@pytest.mark.parametrize(
    ("scene", "name"),
    [
        ("窗前一把撑开的雨伞", "umbrella"),
        ("拉开的抽屉里一本旧存折和一把老钥匙", "passbook"),
        ("晨光里的早餐摊", "breakfast_stall"),
        ("An Old Umbrella in the rain", "umbrella"),
        ("steam over a kettle", "kettle"),
        ("see_saw", "see_saw"),
    ],
)
def test_free_words_find_their_drawing(scene: str, name: str) -> None:
    assert pictures.drawing(a_picture(scene=scene), POSTERS) == name


@pytest.mark.parametrize(
    ("scene", "name"),
    [
        ("喝饱了的绿萝：营业厅的绿萝，差点被好心浇死。", "potted_plant"),
        ("大堂的两只水壶：大堂里摆着两只水壶，常被人问起。", "kettle"),
        ("一只毛线手套：柜台边落下一只手套。小邱追出门，人已经上了公交车。", "knitting"),
        ("给自己写张条：签字之前，有位客户要了张白纸。", "blank_sheet"),
    ],
)
def test_a_story_shows_what_its_title_names_before_what_comes_by_in_it(scene: str, name: str) -> None:
    assert tables.read_scenes(POSTERS).meant(scene) == name


def test_unknown_words_fall_back_on_the_description_then_on_the_kind() -> None:
    assert pictures.drawing(a_picture(scene="风筝", alt="一只存钱罐"), POSTERS) == "piggy_bank"
    scenes = tables.read_scenes(POSTERS)
    for kind, names in scenes.fallback.items():
        strange = [a_picture(kind=kind, scene="风筝", headline=f"第{number}") for number in range(60)]
        assert {scenes.wanted(picture) for picture in strange} == set(names)
    assert any("没有这样一幅画：风筝" in str(each) for each in pictures.problems(a_picture(scene="风筝"), POSTERS))


def test_a_table_that_names_an_unknown_drawing_is_refused_with_its_line(tmp_path: Path) -> None:
    posters = tmp_path / "posters"
    shutil.copytree(POSTERS, posters)
    table = posters / "scenes.yml"
    table.write_text(table.read_text(encoding="utf-8").replace("meme: [see_saw", "meme: [sea_saw"), encoding="utf-8")
    with pytest.raises(LibraryError, match=r"scenes\.yml:\d+：没有这幅画：sea_saw"):
        pictures.scene_names(posters)


# ── fonts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"])
def test_the_coverage_list_is_what_both_fonts_draw(name: str) -> None:
    with TTFont(FONTS / name, lazy=True) as font:
        drawn = {chr(code) for code in font.getBestCmap() if code >= 0x20}
    assert drawn == guard.covered()
    assert set(GB2312) <= drawn


def test_the_licence_travels_with_the_fonts() -> None:
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "Copyright" in text.splitlines()[0]
    assert "SIL OPEN FONT LICENSE Version 1.1" in text


def test_every_character_of_the_library_and_the_wordings_can_be_drawn() -> None:
    files = [*(ROOT / "content_library").rglob("*.yml"), *(ROOT / "templates" / "posts").rglob("*.md.j2")]
    lacking = {
        char: path.name
        for path in files
        if "rules" not in path.parts
        for char in set(path.read_text(encoding="utf-8")) - guard.covered() - {"\n"}
    }
    assert lacking == {}
