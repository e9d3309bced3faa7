"""The model at work: rehearsed before it costs anything, asked to change a post, and told apart in the audit."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

from ..errors import LibraryError, WuyouError
from .writing import WritingDesk

if TYPE_CHECKING:
    from ..values import Brief, Calendar, Checked, Finding, Post
    from ..writers import Writer
    from ..writers.model import ModelWriter
    from ..writers.model.budget import Meter

EXAMPLES = 2
"""How many approved posts a model is shown."""
ANSWER_TOKENS = 1.2
"""Tokens of an answer for each character a channel allows: the text, its names and its numbers."""


class Audited(NamedTuple):
    """Who and what stands behind one post."""

    post: str
    on: str
    segment: str
    channel: str
    writer: str
    model: str
    """Empty for a text no model had a hand in, and where the bank keeps no such record (``ai_label: off``)."""
    prompt: str
    changed: float | None
    """Share of the model's text that people have changed, 0 to 1; nothing for a text no model had a hand in."""
    approver: str
    at: str
    note: str


class ModelDesk(WritingDesk):
    """Everything about the model writer that a person asks for by name."""

    def writer(self, name: str = "template") -> Writer:
        """Return a writer by name; one that has a budget is the same throughout, and told what the bank decides."""
        if name in self._settled:
            return self._settled[name]
        made = super().writer(name)
        settle = getattr(made, "settle", None)
        if settle is not None:
            settle(self.library.bank.model, self._examples)
            self._settled[name] = made
        return made

    @cached_property
    def _settled(self) -> dict[str, Writer]:
        return {}

    def meter(self, writer: str = "model") -> Meter | None:
        """Return what a writer has cost in this workbench; nothing for one that costs nothing."""
        return getattr(self.writer(writer), "meter", None)

    def rests_on(self, writer: str) -> dict[str, str]:
        """Return what a writer's texts depend on besides the brief: for the model writer, the model's name."""
        version = getattr(self.writer(writer), "version", "")
        return {"version": version} if version else {}

    def summary(self, checked: tuple[Checked, ...], writer: str = "model") -> str:
        """Say what became of a model's run: how many it wrote, which the stand-in wrote and why, and what it cost."""
        stood_in = [each for each in checked if each.post.origin.note]
        by_model = sum(each.post.origin.writer == writer for each in checked)
        lines = [f"模型写了 {by_model} 篇，模板顶上 {len(stood_in)} 篇"]
        lines += [f"  {each.post.id[:8]} {each.post.brief.slot.key}：{each.post.origin.note}" for each in stood_in]
        meter = self.meter(writer)
        if meter is not None:
            lines += [str(meter), *(f"  {name} {count} 次" for name, count in meter.troubles)]
        return "\n".join(lines)

    # ── before anything is sent ──

    def rehearse(self, campaign: str, segment: str) -> str:
        """Return every message that the model would be sent for a segment, with estimated tokens and cost."""
        model = cast("ModelWriter", self.writer("model"))
        previews = [model.preview(brief) for brief in self.plan(campaign, segment)]
        lines = ["── 每一次都一样的开头 ──", previews[0].messages[0]["content"]]
        for preview in previews:
            key = f"{preview.brief.slot.key}#{preview.brief.variant}"
            lines += ["", f"── {key}（约 {preview.tokens} 词元）──", preview.messages[1]["content"]]
            lines += [f"不会送出：{preview.held}"] * bool(preview.held)
        sent = [preview for preview in previews if not preview.held]
        tokens_in = sum(preview.tokens for preview in sent)
        tokens_out = round(sum(preview.brief.channel.limits.chars * ANSWER_TOKENS for preview in sent))
        budget, most = model.session.budget, model.tries
        cost = budget.price(tokens_in, tokens_out)
        priced = f"，费用约 {cost:.4f}" if cost else "，没有写价格（bank.yml 的 model.price_in、price_out）"
        lines += [
            "",
            f"要问 {len(sent)} 次，每篇最多 {most} 次；估计词元 送出 {tokens_in} 收回 {tokens_out}{priced}。什么也没有送出。",
        ]
        return "\n".join(lines)

    def _examples(self, brief: Brief) -> tuple[str, ...]:
        """Return approved posts of the same channel and genre from other campaigns, the same segment's first.

        Not from this campaign: what is signed in it would change what is asked next time, and a rerun would cost again.
        """
        own = (brief.campaign.name if brief.campaign else "", brief.segment.name if brief.segment else "")
        found = self._approved_texts.get((brief.slot.channel, brief.slot.genre), [])
        fit = sorted((segment != own[1], text) for campaign, segment, text in found if campaign != own[0])
        return tuple(dict.fromkeys(text for _, text in fit))[:EXAMPLES]

    @cached_property
    def _approved_texts(self) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
        """Campaign, segment and words of every approved post, by channel and genre."""
        from ..store import read_lines
        from ..values import COUNTED_ROLES

        signed = {name: each.seal for name, each in self.records.latest().items() if each.verdict == "approve"}
        found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for campaign in self.library.campaigns if signed else ():
            for path in sorted(self.folder(campaign).glob("*/posts.jsonl")):
                for record in read_lines(path, str(path.relative_to(self.root))):
                    if signed.get(record["post"]) != record["seal"]:
                        continue
                    parts = record["content"]["parts"]
                    text = "\n".join(part["text"] for part in parts if part["role"] in COUNTED_ROLES)
                    key = (record["channel"], record.get("genre", ""))
                    found.setdefault(key, []).append((campaign, path.parent.name, text))
        return found

    # ── a change that a person asks for ──

    def revise_by_note(self, campaign: str, post: str, note: str, by: str) -> Checked:
        """Let the model change a post as a person notes: a new, unsigned post in its place, if nothing in it stops it.

        Raises ModelError when the model cannot do it: the post then stays as it is.
        """
        if not note.strip():
            raise WuyouError("备注是空的", "--note", "请写要怎么改，如：再口语一点")
        model = cast("ModelWriter", self.writer("model"))
        problems = list(model.problems())
        if problems:
            raise LibraryError(problems)
        calendar = self.calendar(campaign)
        old = self.find(calendar, post).post
        new = model.revise(old, note.strip(), by, self._blocks)
        if new.parts == old.parts:
            raise WuyouError("模型没有改动任何一句", post, "请把备注写得具体些，或用 --part 自己改")
        self._replace(calendar, old, new)
        return self._judge(new)

    def _blocks(self, post: Post) -> tuple[Finding, ...]:
        return self._stops(self._judge(post), self.writer("model"))

    # ── afterwards ──

    def audit(self, campaign: str) -> tuple[Audited, ...]:
        """Return for every post of a campaign who wrote it, with which model and prompt, what people changed, who signed."""
        calendar: Calendar = self.calendar(campaign)
        kept = self.library.bank.ai_label != "off"
        rows = []
        for entry in calendar.entries:
            post, origin, decision = entry.post, entry.post.origin, entry.decision
            signed = decision is not None and decision.verdict == "approve" and decision.seal == post.seal
            rows.append(
                Audited(
                    post=post.id,
                    on=post.brief.slot.on.isoformat(),
                    segment=post.brief.segment.name if post.brief.segment else "",
                    channel=post.brief.channel.name,
                    writer=origin.writer,
                    model=origin.model if kept else "",
                    prompt=origin.prompt if kept else "",
                    changed=_changed(post) if kept and origin.model else None,
                    approver=decision.by if decision and signed else "",
                    at=decision.at.isoformat() if decision and signed else "",
                    note=origin.note,
                )
            )
        return tuple(rows)

    @contextlib.contextmanager
    def one_run(self, writer: str, name: str, shares: int) -> Iterator[list[str]]:
        """Let every process that is started within count on one budget, and share the calls under way among them.

        What it cost is put into the list at the end, in words. Does nothing for a writer without a budget.
        """
        said: list[str] = []
        if self.meter(writer) is None:
            yield said
            return
        from ..writers.model.session import FOLDER, RUN, SHARES

        ledger = self.runs / FOLDER / "ledgers" / f"{name}.json"
        ledger.unlink(missing_ok=True)
        before = {key: os.environ.get(key) for key in (RUN, SHARES)}
        os.environ.update({RUN: name, SHARES: str(shares)})
        try:
            yield said
        finally:
            for key, value in before.items():
                os.environ.pop(key) if value is None else os.environ.update({key: value})
            try:
                calls, tokens, money = json.loads(ledger.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                calls, tokens, money = 0, 0, 0.0
            ledger.unlink(missing_ok=True)
            said.append(f"模型：调用 {calls} 次，词元 {tokens}" + (f"，费用 {money:.4f}" if money else ""))


def _changed(post: Post) -> float:
    """Return the share of the model's text that people have changed."""
    draft = post.origin.draft
    if not draft:
        return 0.0
    return round(1 - difflib.SequenceMatcher(None, draft, post.counted, autojunk=False).ratio(), 3)
