"""Widgets for the notebooks: a live check and buttons to sign. Each only calls the workbench; no rule, no wording here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from .errors import WuyouError

if TYPE_CHECKING:
    from .workbench import Workbench


def live_check(bench: Workbench, text: str = "", channel: str = "moments") -> Any:
    """Return a text box that is checked at every pause in typing, with the result beneath."""
    import ipywidgets

    box = ipywidgets.Textarea(
        text, placeholder="把文字贴到这里", layout=ipywidgets.Layout(width="100%", height="120px")
    )
    where = ipywidgets.Dropdown(
        options=[(each.title, each.name) for each in bench.library.channels.values()], value=channel, description="渠道"
    )
    result = ipywidgets.HTML()

    def refresh(_: object = None) -> None:
        try:
            result.value = bench.show(bench.check(box.value, channel=where.value)).html if box.value.strip() else ""
        except WuyouError as error:
            result.value = str(error)

    box.observe(refresh, "value")
    where.observe(refresh, "value")
    refresh()
    return ipywidgets.VBox([where, box, result])


def sign(bench: Workbench, campaign: str, segment: str, by: str) -> Any:
    """Return a row for each unsigned post of a segment: its text and a button that signs just this one."""
    import ipywidgets

    rows = []
    for entry in bench.written(campaign, segment).entries:
        if entry.approved:
            continue
        button = ipywidgets.Button(description="签字", disabled=entry.checked.blocked or not by, button_style="success")
        answer = ipywidgets.Label("有拦截，不能签" if entry.checked.blocked else "" if by else "请先在 by 填上姓名")

        def press(_: object, post: str = entry.post.id, button: Any = button, answer: Any = answer) -> None:
            try:
                bench.approve(campaign, by, at=dt.datetime.now().astimezone().replace(microsecond=0), posts=(post,))
            except WuyouError as error:
                answer.value = str(error)
            else:
                button.disabled, answer.value = True, "已签"

        button.on_click(press)
        rows.append(
            ipywidgets.VBox([ipywidgets.HTML(bench.show(entry.checked).html), ipywidgets.HBox([button, answer])])
        )
    return ipywidgets.VBox(rows or [ipywidgets.Label("没有等着签的文稿")])
