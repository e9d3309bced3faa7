"""Who may sign what, and the record of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..errors import BlockedError, Problem, WuyouError
from .writing import WritingDesk

if TYPE_CHECKING:
    from ..values import Checked, Decision


class Signed(NamedTuple):
    """What a call to ``approve`` did."""

    decisions: tuple[Decision, ...]
    refused: tuple[Problem, ...]
    already: int


class SigningDesk(WritingDesk):
    """Signs, refuses and withdraws posts."""

    def approve(
        self,
        campaign: str,
        by: str,
        *,
        at: dt.datetime,
        posts: Sequence[str] = (),
        segments: Sequence[str] = (),
        verdict: str = "approve",
        note: str = "",
    ) -> Signed:
        """Sign posts of a campaign: those named, or all that may be signed.

        Raises BlockedError when a named post may not be signed by this person, or when none of them may.
        """
        from ..values import Decision

        reviewer = self.library.reviewers.get(by)
        if reviewer is None:
            from ..yamls import suggest

            raise WuyouError(
                f"没有叫 {by} 的审核人", "content_library/reviewers.yml", suggest(by, self.library.reviewers)
            )
        if verdict != "approve" and not note:
            raise WuyouError("退回或撤回要写明原因", "", "请加 --note")
        calendar = self.calendar(campaign, segments)
        wanted = [self.find(calendar, name) for name in posts] or list(calendar.entries)
        if verdict == "approve":
            already = [entry for entry in wanted if entry.approved]
        else:
            already = [entry for entry in wanted if entry.decision is not None and entry.decision.verdict == verdict]
        fresh = [entry for entry in wanted if entry not in already] if len(already) < len(wanted) else []
        refused = [problem for entry in fresh for problem in self._objections(entry.checked, by, verdict)]
        objected = {problem.where for problem in refused}
        signable = [entry for entry in fresh if entry.post.id not in objected]
        if refused and (posts or not (signable or already)):
            raise BlockedError(refused)
        decisions = [
            Decision.model_validate(
                {"post": entry.post.id, "seal": entry.post.seal, "by": by, "verdict": verdict, "at": at, "note": note}
            )
            for entry in signable
        ]
        return Signed(tuple(self.records.append(decisions)), tuple(refused), len(already))

    def _objections(self, checked: Checked, by: str, verdict: str) -> list[Problem]:
        """Say why this person may not sign this post; each problem's ``where`` is the post's id."""
        post, reviewer = checked.post, self.library.reviewers[by]
        kind = post.brief.product.kind if post.brief.product else "general"
        found: list[Problem] = []
        if reviewer.sample and not self.library.bank.sample:
            found.append(Problem(f"{by} 只在示例银行里签字", post.id, "请换一位审核人"))
        if reviewer.products and kind not in reviewer.products:
            found.append(Problem(f"{by} 无权签这类产品：{kind}", post.id, "请换一位审核人，或改 reviewers.yml"))
        if reviewer.channels and post.brief.slot.channel not in reviewer.channels:
            found.append(Problem(f"{by} 无权签这个渠道：{post.brief.channel.title}", post.id, "请换一位审核人"))
        if by in post.origin.authors:
            found.append(Problem(f"{by} 写过或改过这一篇，不能自己签", post.id, "请换一位审核人"))
        if verdict == "approve":
            blocks = [finding for finding in checked.findings if finding.level == "block"]
            found += [
                Problem(f"{finding.rule} 拦截：{finding.message}", post.id, finding.suggestion or "请先改稿")
                for finding in blocks
            ]
            if post.unconfirmed:
                found.append(Problem("用到了还没有人确认的要点", post.id, "请在 facts/ 里确认后重新写稿"))
        return found

    def sign_sample(self, campaign: str) -> Signed:
        """Sign what does not block as the sample's reviewer; refuses anywhere but in the sample bank."""
        library = self.library
        signer = next((name for name, reviewer in library.reviewers.items() if reviewer.sample), None)
        if not library.bank.sample or signer is None:
            raise WuyouError(
                "这不是示例银行，不能自动签字", "content_library/bank.yml", "请审核人用 wuyou approve 签字"
            )
        eve = library.campaign(campaign).start - dt.timedelta(days=1)
        at = dt.datetime.combine(eve, dt.time(9), dt.timezone(dt.timedelta(hours=8)))
        return self.approve(campaign, signer, at=at)
