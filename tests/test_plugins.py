"""One door for built-ins and for other people's packages: what cannot come in is named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wuyou import plugins
from wuyou.errors import WuyouError


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Install a package of the test group: its source and its entry points."""
    monkeypatch.syspath_prepend(tmp_path)
    plugins.find.cache_clear()
    made: list[str] = []

    def put(name: str, points: str, source: str = "class Thing:\n    pass\n") -> None:
        (tmp_path / f"{name}.py").write_text(source)
        made.append(name)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[wuyou.test]\n{points}\n")

    yield put
    plugins.find.cache_clear()
    for name in made:
        sys.modules.pop(name, None)


def test_plugins_are_found_by_name_in_the_order_of_names(install: Callable[..., None]) -> None:
    install("wuyou_one", "zebra = wuyou_one:Thing\nadder = wuyou_one:Thing")
    assert list(plugins.find("wuyou.test")) == ["adder", "zebra"]
    assert plugins.find("wuyou.nothing") == {}


def test_every_plugin_that_cannot_be_loaded_is_named(install: Callable[..., None]) -> None:
    install("wuyou_one", "good = wuyou_one:Thing\nlost = wuyou_one:Gone")
    install("wuyou_two", "broken = wuyou_two:Thing", "import nothing_of_that_name\n")
    with pytest.raises(WuyouError) as caught:
        plugins.find("wuyou.test")
    found = [str(problem) for problem in caught.value.problems]
    assert [line.split(" ")[1] for line in found] == ["broken", "lost"]
    assert found[0].startswith("wuyou.test：插件 broken 装不上：")
    assert found[1].endswith("（请检查 wuyou_one:Gone 或卸载它）")


def test_two_plugins_of_one_name_are_refused(install: Callable[..., None]) -> None:
    install("wuyou_one", "same = wuyou_one:Thing")
    install("wuyou_two", "same = wuyou_two:Thing")
    with pytest.raises(WuyouError, match="两个插件都叫 same"):
        plugins.find("wuyou.test")


def test_the_same_plugin_found_twice_is_one(install: Callable[..., None]) -> None:
    install("wuyou_one", "same = wuyou_one:Thing")
    install("wuyou_two", "same = wuyou_one:Thing")
    assert list(plugins.find("wuyou.test")) == ["same"]
