"""The desk's widgets: what is typed is checked at once, and a button signs just its own post."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wuyou import desk
from wuyou.workbench import Workbench


@pytest.fixture
def written(project: Path) -> Workbench:
    bench = Workbench.here(project)
    bench.save(bench.compose(bench.plan("autumn_savings", "seniors")[:4]))
    return bench


def _buttons(box: Any) -> list[Any]:
    return [row.children[1].children[0] for row in box.children]


def test_what_is_typed_is_checked_at_once(project: Path) -> None:
    box = desk.live_check(Workbench.here(project))
    channel, text, result = box.children
    assert result.value == ""
    text.value = "这款理财保本保收益"
    assert "拦截" in result.value
    text.value = "早上路过河堤，柳叶落了一地。"
    assert "拦截" not in result.value
    channel.value = "chat"
    text.value = "  "
    assert result.value == ""


def test_a_button_signs_just_its_own_post(written: Workbench) -> None:
    box = desk.sign(written, "autumn_savings", "seniors", "林知秋")
    first, *others = _buttons(box)
    first.click()
    assert first.disabled
    assert not any(button.disabled for button in others)
    signed = [decision.by for decision in written.records.all()]
    assert signed == ["林知秋"]
    assert len(desk.sign(written, "autumn_savings", "seniors", "林知秋").children) == 3


def test_without_a_name_nothing_can_be_signed(written: Workbench) -> None:
    assert all(button.disabled for button in _buttons(desk.sign(written, "autumn_savings", "seniors", "")))


def test_a_refusal_is_said_beside_the_button(written: Workbench) -> None:
    box = desk.sign(written, "autumn_savings", "seniors", "某人")
    _buttons(box)[0].click()
    assert "没有叫 某人 的审核人" in box.children[0].children[1].children[1].value
    assert written.records.all() == []


def test_where_nothing_waits_it_says_so(project: Path) -> None:
    box = desk.sign(Workbench.here(project), "autumn_savings", "seniors", "林知秋")
    assert box.children[0].value == "没有等着签的文稿"
