"""What stops a machine's text: more than stops a person's, because nobody has yet read it.

A rule may be quiet where a person knows what he does: 稳赚 in a post that sells nothing is no promise of return, and a
dangerous word in a harmless text is only a hint. A machine's text gets no such benefit of the doubt. It is judged once
more as if it spoke of an investment product, and every finding about compliance counts, whatever its level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..checks import Rulebook
    from ..values import Checked, Finding

AS_IF = ("guarantee", "superlative", "past_performance", "endorsement", "fear_mongering")
"""What is asked as if it spoke of an investment product; a rate or a present means something else for each product."""


def stops(checked: Checked, rulebook: Rulebook) -> tuple[Finding, ...]:
    """Return the findings for which a machine's text is not taken."""
    from ..checks.rule import CATEGORIES
    from ..values import Product

    found = [finding for finding in checked.findings if finding.level == "block" or finding.category in CATEGORIES]
    seen = {(finding.rule, finding.where, finding.start) for finding in checked.findings}
    wealth = Product(name="as_if", title="", kind="wealth")
    as_if = checked.post.model_copy(update={"brief": checked.post.brief.model_copy(update={"product": wealth})})
    for finding in rulebook.check(as_if).findings:
        if finding.category in AS_IF and (finding.rule, finding.where, finding.start) not in seen:
            found.append(finding)
    return tuple(found)
