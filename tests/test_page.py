"""The copy page in a real browser, as a phone shows it: pick, fill, copy; nothing leaves the device."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from wuyou.exports.page import PageExporter
from wuyou.values import Calendar, Entry

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
PHONE = {"width": 390, "height": 844}
MORNING = "2026-10-14T08:00:00+08:00"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
"""The smallest PNG."""


class Open(NamedTuple):
    """An open page with what it asked for and complained of."""

    page: Page
    origin: str
    requests: list[str]
    complaints: list[str]

    def copied(self) -> str:
        """Return what is on the clipboard."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def shown(self) -> list[str]:
        """Return the ids of the posts on view."""
        return [
            str(name).removeprefix("p")
            for name in self.page.eval_on_selector_all("article:not([hidden])", "all => all.map(one => one.id)")
        ]


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Open, Path]]:
    """A browser as a phone has it, and the folder that a server on loopback shows it."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    class Quiet(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Cache-Control", "no-store")
            super().end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    folder = tmp_path_factory.mktemp("phone")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        context = chromium.new_context(
            viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
        page = context.new_page()
        opened = Open(page, origin, [], [])
        page.on("request", lambda request: opened.requests.append(request.url))
        page.on(
            "console", lambda said: opened.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        yield opened, folder
        chromium.close()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def calendar(a_calendar: Callable[..., Calendar]) -> Calendar:
    return a_calendar()


@pytest.fixture
def open_page(phone: tuple[Open, Path]) -> Iterator[Callable[..., Open]]:
    """Write the page and open it, as if for the first time, in the morning of 14 October 2026."""
    opened, folder = phone

    def make(calendar: Calendar, *, now: str = MORNING) -> Open:
        PageExporter.at(ROOT).export(calendar, folder / "copy.html")
        (folder / "pictures").mkdir(exist_ok=True)
        for entry in calendar.entries:
            for picture in entry.post.pictures:
                (folder / "pictures" / picture.file).write_bytes(PIXEL)
        opened.requests.clear()
        opened.complaints.clear()
        opened.page.clock.set_fixed_time(now)
        opened.page.goto(f"{opened.origin}/copy.html")
        return opened

    yield make
    opened.page.evaluate("localStorage.clear()")


def due(calendar: Calendar, segment: str, day: int, channel: str = "") -> list[str]:
    """Return the ids of the approved posts of a segment and day, in time order."""
    return [
        entry.post.id
        for entry in calendar.approved.entries
        if entry.post.brief.segment
        and entry.post.brief.segment.name == segment
        and entry.post.brief.slot.on == dt.date(2026, 10, day)
        and channel in ("", entry.post.brief.slot.channel)
    ]


def entry_of(calendar: Calendar, genre: str, segment: str = "commuters") -> Entry:
    """Return the approved entry of 14 October of a genre and segment."""
    return next(
        entry
        for entry in calendar.approved.entries
        if entry.post.brief.segment
        and (entry.post.brief.segment.name, entry.post.brief.slot.genre, entry.post.brief.slot.on.day)
        == (segment, genre, 14)
    )


# ── what is on view ──


def test_the_page_opens_on_a_phone_without_a_complaint_and_asks_only_its_own_folder(
    open_page: Callable[..., Open], calendar: Calendar
) -> None:
    opened = open_page(calendar)
    opened.page.wait_for_load_state("networkidle")
    assert opened.complaints == []
    assert opened.requests[0] == f"{opened.origin}/copy.html"
    assert all(url.startswith((f"{opened.origin}/", "data:")) for url in opened.requests)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_it_shows_today_and_the_segment_and_nothing_else(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened = open_page(calendar)
    opened.page.select_option("#segment", "commuters")
    assert opened.shown() == due(calendar, "commuters", 14)
    assert len(opened.shown()) == 3
    opened.page.select_option("#segment", "elders")
    assert opened.shown() == due(calendar, "elders", 14)


def test_a_day_and_a_channel_are_chosen_by_hand(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened = open_page(calendar)
    opened.page.select_option("#segment", "elders")
    opened.page.click("#after")
    assert opened.shown() == due(calendar, "elders", 15)
    opened.page.select_option("#day", "2026-10-12")
    assert opened.shown() == due(calendar, "elders", 12)
    assert opened.page.is_disabled("#before")
    opened.page.click("#channels button[data-channel=moments]")
    assert opened.shown() == due(calendar, "elders", 12, "moments")
    opened.page.select_option("#day", "2026-10-14")
    assert opened.shown() == due(calendar, "elders", 14, "moments")
    opened.page.click("#channels button[data-channel='']")
    assert opened.shown() == due(calendar, "elders", 14)


def test_a_day_without_a_post_says_so(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened = open_page(calendar)
    opened.page.select_option("#segment", "elders")
    opened.page.select_option("#day", "2026-10-15")
    opened.page.click("#channels button[data-channel=group]")
    assert opened.shown() == []
    assert opened.page.inner_text("#empty") == "这一天没有要发的，歇一歇。"


def test_outside_the_campaign_it_opens_on_the_first_day(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened = open_page(calendar, now="2026-11-21T08:00:00+08:00")
    assert opened.page.input_value("#day") == "2026-10-12"


def test_the_segment_is_remembered_on_this_phone(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened = open_page(calendar)
    opened.page.select_option("#segment", "commuters")
    opened.page.reload()
    assert opened.page.input_value("#segment") == "commuters"


# ── copying ──


def test_a_chat_is_copied_with_the_name_and_the_branch_filled_in(
    open_page: Callable[..., Open], calendar: Calendar
) -> None:
    opened, entry = open_page(calendar), entry_of(calendar, "benefit")
    card = f"#p{entry.post.id}"
    opened.page.select_option("#segment", "commuters")
    opened.page.fill(f"{card} [data-fill='{{称呼}}']", "周姐")
    opened.page.fill(f"{card} [data-fill='{{网点}}']", "河东支行")
    opened.page.click(f"{card} [data-copy=text]")
    opened.page.wait_for_function("document.getElementById('toast').textContent === '已复制，去微信粘贴'")
    assert opened.copied() == entry.post.message.replace("{称呼}", "周姐").replace("{网点}", "河东支行")
    assert opened.page.inner_text(f"{card} .text") == opened.copied()
    assert opened.complaints == []


def test_a_blank_that_was_forgotten_is_pointed_out(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened, entry = open_page(calendar), entry_of(calendar, "benefit")
    opened.page.select_option("#segment", "commuters")
    opened.page.fill(f"#p{entry.post.id} [data-fill='{{称呼}}']", "周姐")
    opened.page.click(f"#p{entry.post.id} [data-copy=text]")
    opened.page.wait_for_function("document.getElementById('toast').textContent === '已复制，{网点} 还没有填'")


def test_the_branch_is_typed_once_and_kept(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened, entry = open_page(calendar), entry_of(calendar, "benefit")
    opened.page.select_option("#segment", "commuters")
    opened.page.click("details.me summary")
    opened.page.fill("#branch", "老街支行")
    opened.page.reload()
    assert opened.page.input_value(f"#p{entry.post.id} [data-fill='{{网点}}']") == "老街支行"
    opened.page.click(f"#p{entry.post.id} [data-copy=text]")
    opened.page.wait_for_function("document.getElementById('toast').classList.contains('on')")
    assert "老街支行" in opened.copied()


def test_a_branch_typed_letter_by_letter_reaches_every_post_whole(
    open_page: Callable[..., Open], calendar: Calendar
) -> None:
    opened, entry = open_page(calendar), entry_of(calendar, "benefit")
    opened.page.select_option("#segment", "commuters")
    opened.page.click("details.me summary")
    opened.page.locator("#branch").press_sequentially("老街支行")
    assert opened.page.input_value(f"#p{entry.post.id} [data-fill='{{网点}}']") == "老街支行"


def test_moments_are_copied_line_by_line_and_the_comment_apart(
    open_page: Callable[..., Open], calendar: Calendar
) -> None:
    opened, entry = open_page(calendar), entry_of(calendar, "campaign_offer")
    opened.page.select_option("#segment", "commuters")
    opened.page.click(f"#p{entry.post.id} [data-copy=text]")
    opened.page.wait_for_function("document.getElementById('toast').classList.contains('on')")
    assert opened.copied() == entry.post.message
    assert "\n" in opened.copied()
    opened.page.click(f"#p{entry.post.id} [data-copy=comment]")
    opened.page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('详细规则'))")
    assert opened.copied() == entry.post.parts[-1].text


def test_copying_works_where_the_browser_has_no_clipboard_of_its_own(
    open_page: Callable[..., Open], calendar: Calendar
) -> None:
    opened, entry = open_page(calendar), entry_of(calendar, "campaign_offer")
    opened.page.evaluate(
        "window.kept = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    )
    opened.page.select_option("#segment", "commuters")
    opened.page.click(f"#p{entry.post.id} [data-copy=text]")
    opened.page.wait_for_function("document.getElementById('toast').textContent === '已复制，去微信粘贴'")
    assert opened.page.evaluate("window.kept.readText()") == entry.post.message


# ── afterwards ──


def test_what_was_sent_is_remembered_and_may_be_taken_back(open_page: Callable[..., Open], calendar: Calendar) -> None:
    opened, entry = open_page(calendar), entry_of(calendar, "benefit")
    card = f"#p{entry.post.id}"
    opened.page.select_option("#segment", "commuters")
    opened.page.click(f"{card} .sent")
    opened.page.reload()
    assert opened.page.is_visible(f"{card} .done-mark")
    assert opened.page.inner_text(f"{card} .sent") == "撤销"
    opened.page.click(f"{card} .sent")
    assert not opened.page.is_visible(f"{card} .done-mark")


@pytest.mark.parametrize(
    ("sample", "now", "stopped"),
    [(False, "2027-01-01", True), (False, "2026-12-31", False), (True, "2027-01-01", False)],
)
def test_a_post_whose_time_is_over_cannot_be_copied_except_in_the_sample(
    open_page: Callable[..., Open], calendar: Calendar, sample: bool, now: str, stopped: bool
) -> None:
    bank = calendar.bank.model_copy(update={"sample": sample})
    opened = open_page(calendar.model_copy(update={"bank": bank}), now=f"{now}T08:00:00+08:00")
    entry = entry_of(calendar, "campaign_offer")
    assert entry.post.expires == dt.date(2026, 12, 31)
    opened.page.select_option("#segment", "commuters")
    opened.page.select_option("#day", "2026-10-14")
    assert opened.page.is_disabled(f"#p{entry.post.id} [data-copy=text]") is stopped
    assert opened.page.is_visible(f"#p{entry.post.id} .gone") is stopped
