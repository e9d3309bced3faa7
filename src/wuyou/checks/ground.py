"""stub"""
from __future__ import annotations
from collections.abc import Iterator
from typing import ClassVar, Literal
from ..values import Finding
from .rule import Rule
from .scan import Scan
class Ground(Rule):
    CATEGORY: ClassVar[str] = "grounding"
    kind: Literal["ground"]
    def ready(self, scan: Scan) -> bool:
        return scan.post.brief.passages is not None
    def check(self, scan: Scan) -> Iterator[Finding]:
        return iter(())
