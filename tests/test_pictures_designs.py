"""Layouts: every arrangement carries the longest words it may be given; signature, QR code, labels, photos."""

from __future__ import annotations

import io
import json
import struct
import zlib
from hashlib import blake2b
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from wuyou import pictures
from wuyou.errors import ExportError, LibraryError
from wuyou.pictures import guard, labels, press, tables
from wuyou.values import Bank, Photo, Picture

ROOT = Path(__file__).parent.parent
POSTERS = ROOT / "templates" / "posters"
PHOTOS = ROOT / "content_library" / "pictures"
BANK = Bank(name="禾溪银行", short="禾溪", hotline="400-000-0505", sample=True, refusal="不想收到，回“不用”就好。")
DESIGNS = tables.read_designs(POSTERS)
LOOKS = [(design, look) for design, layout in DESIGNS.layouts.items() for look in layout.looks]
SHAPES = ("portrait", "square")
FIGURES = {"quiz": guard.QUESTION, "festival": 5}
"""Layouts whose large words come from the library, and how long they may be."""
SIGNED = pictures.Signature("欧阳慕容晓\n河东新区科技园支行", "https://example.com/hexi/hedong?from=poster&staff=HD01")

GB2312 = "".join(
    bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)
)
MIXED = GB2312 + "，。；：、（）“”《》—…％·0123456789ABCXYZabcxyz%.,-:/"


def longest(design: str, look: str, shape: str, char: str = "赢", **fields: object) -> Picture:
    """Return a picture that is full to the norms."""
    most = DESIGNS.layouts[design].points[1]
    points = tuple(char * DESIGNS.layouts[design].chars for _ in range(most))
    return Picture.model_validate(
        {
            "kind": "scene", "scene": "窗边一壶茶", "headline": char * pictures.HEADLINE,
            "lines": () if design == "festival" else (char * pictures.LINE,) * (2 if design in ("counter", "topic") else 1),
            "footnote": char * guard.FOOTNOTE if design == "product" else char * 40,
            "design": design, "look": look, "shape": shape, "points": points,
            "figure": char * FIGURES.get(design, 0) or ("第365天" if design == "counter" else ""),
            "labels": {"counter": ("一起打卡",), "before_after": ("以前", "现在")}.get(design, ()), **fields,
        }
    )  # fmt: skip


def make(folder: Path, *wanted: Picture, bank: Bank = BANK, **more: object) -> list[Path]:
    return pictures.make(wanted, folder, POSTERS, bank=bank, jobs=2, **more)  # type: ignore[arg-type]


def chunks(png: bytes) -> dict[str, str]:
    """Return the international text of a PNG by keyword, having checked every checksum."""
    found, at = {}, 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        body = png[at + 4 : at + 8 + size]
        assert zlib.crc32(body) == struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0]
        if body[:4] == b"iTXt":
            key, _, rest = body[4:].partition(b"\0")
            found[key.decode()] = rest[4:].decode()
        at += 12 + size
    return found


# ── layouts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_table_and_the_templates_know_the_same_layouts_and_arrangements() -> None:
    import typst

    source = '#import "poster.typ": designs\n#metadata(designs.pairs().map(((k, v)) => (k, v.keys()))) <names>'
    compiler = typst.Compiler(source.encode(), root=POSTERS, ignore_system_fonts=True)
    known = {name: tuple(looks) for name, looks in json.loads(compiler.query("<names>", field="value", one=True))}
    assert known == {name: layout.looks for name, layout in DESIGNS.layouts.items()}
    assert set(known) >= {
        "knowledge", "checklist", "steps", "quiz", "festival", "product", "before_after", "topic", "counter", "scene",
    }  # fmt: skip


def test_the_longest_words_fit_every_arrangement_in_both_shapes(tmp_path: Path) -> None:
    wanted = [longest(design, look, shape) for design, look in LOOKS for shape in SHAPES]
    for picture, path in zip(wanted, make(tmp_path, *wanted), strict=True):
        assert path.stat().st_size <= 300_000
        with Image.open(path) as image:
            assert image.size == (1080, 1080 if picture.shape == "square" else 1440)


def test_a_short_answer_stands_in_the_middle_of_its_card(tmp_path: Path) -> None:
    picture = longest(
        "quiz", "cards", "portrait", points=("A 能", "B 不能"), figure="能挪到明年吗？", lines=(), headline="猜"
    )
    with Image.open(make(tmp_path, picture)[0]) as image:
        grey = image.convert("L")
    for left in (84, 558):  # each card is 438 wide; its letter stands above, its words in the lower part
        face = grey.crop((left + 12, 560, left + 426, 780)).point(lambda tone: 255 * (tone < 110))
        box = face.getbbox()
        assert box is not None
        assert abs((box[0] + box[2]) / 2 - 207) < 12


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_words_within_the_norms_fit_any_arrangement(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    design, look = data.draw(st.sampled_from(LOOKS))
    least, most = DESIGNS.layouts[design].points

    def words(longest: int) -> st.SearchStrategy[str]:
        return st.text(MIXED, max_size=longest).map(str.strip)

    points = st.text(MIXED, min_size=1, max_size=DESIGNS.layouts[design].chars)
    picture = longest(
        design, look, data.draw(st.sampled_from(SHAPES)),
        headline=data.draw(words(pictures.HEADLINE)), lines=tuple(data.draw(st.lists(words(pictures.LINE), max_size=1))),
        points=tuple(data.draw(st.lists(points, min_size=least, max_size=most))),
        footnote=data.draw(words(guard.FOOTNOTE if design == "product" else 40)),
        **({"figure": data.draw(st.text(MIXED, min_size=1, max_size=FIGURES[design]))} if design in FIGURES else {}),
    )  # fmt: skip
    assert guard.problems(picture) == []
    (path,) = make(tmp_path_factory.mktemp("any"), picture)
    assert path.stat().st_size <= 300_000


def test_the_longest_words_fit_under_a_signature_with_its_code(tmp_path: Path) -> None:
    wanted = [longest(design, LOOK, "square") for design, LOOK in LOOKS if LOOK in ("slips", "folder", "notes", "side")]
    for path in make(tmp_path, *wanted, signature=SIGNED):
        with Image.open(path) as image:
            assert image.size == (1080, 1440)  # a square has no room for a signature, so it grows


def test_a_longer_word_than_the_table_allows_is_refused_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"列出的几条合起来有 \d+ 个字，字号缩到底也放不下"):
        make(tmp_path, longest("quiz", "cards", "square", points=("长" * 300, "短")))
    with pytest.raises(ExportError, match="图上列了 9 条（请留 4 条以内）"):
        make(tmp_path, longest("steps", "road", "portrait", points=("一",) * 9))
    with pytest.raises(ExportError, match="字库里没有“㐂”"):
        make(tmp_path, longest("knowledge", "card", "portrait", points=("㐂叔的三笔账",)))


def test_a_rare_character_in_a_name_is_named_and_never_a_box(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"字库里没有“䶮”（U\+4DAE）"):
        make(tmp_path, longest("scene", "poster", "portrait"), signature=pictures.Signature("李䶮\n河东支行"))


# ── signature and code ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("design", ["scene", "checklist", "product"])
def test_the_code_on_a_signed_picture_is_read_back_by_another_library(tmp_path: Path, design: str) -> None:
    look = DESIGNS.layouts[design].looks[0]
    (path,) = make(tmp_path, longest(design, look, "portrait"), signature=SIGNED)
    with Image.open(path) as image:
        small = image.convert("L").resize((540, 720))  # as a phone's screen shows it
        assert [each.text for each in zxingcpp.read_barcodes(small)] == [SIGNED.qr]


@settings(max_examples=12, deadline=None)
@given(tail=st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_=&%/.", max_size=200))
def test_any_address_is_read_back(tmp_path_factory: pytest.TempPathFactory, tail: str) -> None:
    address = f"https://example.com/{tail}"
    picture = longest("scene", "poster", "portrait", lines=(), footnote="")
    (path,) = make(tmp_path_factory.mktemp("code"), picture, signature=pictures.Signature("", address))
    with Image.open(path) as image:
        assert [each.text for each in zxingcpp.read_barcodes(image.convert("L"))] == [address]


def test_without_a_signature_there_is_no_code_and_an_endless_address_is_refused(tmp_path: Path) -> None:
    (path,) = make(tmp_path, longest("scene", "poster", "portrait"))
    with Image.open(path) as image:
        assert zxingcpp.read_barcodes(image.convert("L")) == []
    with pytest.raises(ExportError, match="二维码里的网址太长"):
        make(
            tmp_path,
            longest("scene", "poster", "portrait"),
            signature=pictures.Signature("", "https://a.cn/" + "x" * 400),
        )


# ── what the file says of itself ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("policy", "keys"), [("off", {"Description"}), ("audit_only", {"Description", "Software", "Source"})]
)
def test_a_drawing_says_what_it_is_where_the_bank_keeps_a_trace(tmp_path: Path, policy: str, keys: set[str]) -> None:
    bank = BANK.model_copy(update={"ai_label": policy})
    picture = longest("scene", "poster", "portrait", alt="窗边一壶热茶。")
    (path,) = make(tmp_path, picture, bank=bank)
    found = chunks(path.read_bytes())
    assert found.keys() == keys
    assert found["Description"] == picture.told
    assert found["Description"].startswith(f"窗边一壶热茶。写着：{picture.headline}")
    assert found.get("Source", labels.DRAWN) == labels.DRAWN
    with Image.open(path) as image:
        image.load()


def test_words_of_a_model_are_labelled_in_the_file_and_seen_only_where_the_bank_labels_openly(tmp_path: Path) -> None:
    human, model = (longest("scene", "poster", "portrait", modelled=modelled) for modelled in (False, True))
    made = {}
    for policy in ("audit_only", "explicit"):
        bank = BANK.model_copy(update={"ai_label": policy})
        files = make(tmp_path / policy, human, model, bank=bank)
        made[policy] = [path.read_bytes() for path in files]
        assert "AIGC" not in chunks(made[policy][0])
        said = json.loads(chunks(made[policy][1])["AIGC"])
        assert said == {"Label": "1", "ContentProducer": "禾溪银行", "ProduceID": model.id}

    def pixels(png: bytes) -> bytes:
        with Image.open(io.BytesIO(png)) as image:
            return image.convert("RGB").tobytes()

    assert pixels(made["audit_only"][0]) == pixels(made["explicit"][0])
    assert pixels(made["audit_only"][1]) != pixels(made["explicit"][1])


# ── the bank's own photos ────────────────────────────────────────────────────────────────────────────────────────────


def photographed(folder: Path, name: str = "counter_flowers.png") -> Picture:
    digest = blake2b((folder / name).read_bytes(), digest_size=6).hexdigest()
    return longest("scene", "postcard", "portrait", photo=f"{name}#{digest}", drawing="")


def test_a_photo_stands_in_the_drawings_place_as_a_light_jpeg(tmp_path: Path) -> None:
    picture = photographed(PHOTOS)
    runs = [make(tmp_path / name, picture, photos=PHOTOS)[0].read_bytes() for name in ("one", "two")]
    assert picture.file.endswith(".jpg")
    assert runs[0] == runs[1]
    assert len(runs[0]) <= 300_000
    with Image.open(io.BytesIO(runs[0])) as image:
        assert image.format == "JPEG" and image.size == (1080, 1440)
        assert json.loads(image.info["comment"])["Source"] == labels.PHOTOGRAPHED


def test_even_a_photo_full_of_detail_stays_light(tmp_path: Path) -> None:
    from random import Random

    noise = Image.frombytes("RGB", (600, 600), Random(8).randbytes(600 * 600 * 3)).resize((1800, 1800))
    noise.save(tmp_path / "leaves.jpg", quality=90)
    (path,) = make(tmp_path / "out", photographed(tmp_path, "leaves.jpg"), photos=tmp_path)
    assert path.stat().st_size <= 300_000


def test_a_photo_that_is_gone_or_changed_is_refused(tmp_path: Path) -> None:
    picture = photographed(PHOTOS)
    with pytest.raises(ExportError, match=r"找不到照片：counter_flowers\.png"):
        make(tmp_path, picture, photos=tmp_path)
    (tmp_path / "counter_flowers.png").write_bytes(b"another")
    with pytest.raises(ExportError, match=r"照片换过了：counter_flowers\.png"):
        make(tmp_path, picture, photos=tmp_path)


def test_someone_who_can_be_recognised_must_have_agreed() -> None:
    fields = {
        "name": "lobby",
        "file": "lobby.jpg",
        "alt": "大堂",
        "tags": ("大堂",),
        "owner": "禾溪银行",
        "people": ("大堂经理",),
    }
    with pytest.raises(ValueError, match="照片上认得出人"):
        Photo.model_validate(fields)
    assert Photo.model_validate({**fields, "consent": "2026-09-01 书面同意用于朋友圈和社群"})


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("designs.yml", "[counter]", "[conuter]", "没有这个版式：conuter"),
        ("designs.yml", "payroll: [dusk", "payroll: [dsuk", "没有这套配色：dsuk"),
        ("designs.yml", "set: 9", "set: 4", "朋友圈一次发 1、3、6 或 9 张"),
        ("scenes.yml", "  kettle: 灶上", "  kettlle: 灶上", "没有这幅画：kettlle"),
        ("scenes.yml", "- [kettle, thermos", "- [kettel, thermos", "没有这幅画：kettel"),
    ],
)
def test_a_wrong_name_in_a_table_is_refused_with_its_place(
    tmp_path: Path, table: str, old: str, new: str, said: str
) -> None:
    for name in ("designs.yml", "scenes.yml"):
        text = (POSTERS / name).read_text(encoding="utf-8")
        assert name != table or old in text
        (tmp_path / name).write_text(text.replace(old, new) if name == table else text, encoding="utf-8")
    with pytest.raises(LibraryError, match=rf"{table}(?::\d+)?：.*{said}"):
        press.make([longest("scene", "poster", "portrait")], tmp_path / "out", tmp_path, bank=BANK)
