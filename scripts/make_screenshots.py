"""Take the two pictures of the README: the copy page on a phone, and a poster.

Needs Debian's chromium and the ``dev`` extra, and a finished ``scripts/run``.
usage: python scripts/make_screenshots.py
"""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from wuyou import Workbench
from wuyou.pictures.tables import read_scenes
from wuyou.values import Picture

ROOT = Path(__file__).parent.parent
RUN = ROOT / "runs" / "autumn_savings"
IMAGES = ROOT / "docs" / "images"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def main() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=RUN))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"http://127.0.0.1:{server.server_port}/copy.html")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / "copy-page.png")
        browser.close()
    server.shutdown()
    shutil.copy(RUN / "pictures" / shown(Workbench.here(ROOT)).file, IMAGES / "poster.png")


def shown(bench: Workbench) -> Picture:
    """Return the first portrait of the run whose words name the thing that is drawn."""
    scenes = read_scenes(bench.templates / "posters")
    return next(
        picture
        for entry in bench.calendar(RUN.name).entries
        for picture in entry.post.pictures
        if (picture.design, picture.shape, picture.photo) == ("scene", "portrait", "")
        and scenes.known("\n".join((picture.headline, *picture.lines))) == picture.drawing
    )


if __name__ == "__main__":
    main()
