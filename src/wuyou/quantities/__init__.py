"""The one ruler: quantities read from Chinese text, and whether one text's quantity is carried by another's.

``ingest`` measures the source with it, ``checks`` measures the post; two rulers would compare two opinions.
It may not know what a number is *about*, nor whether a text should be changed.

``find`` reads 1.75%, 百分之一点七五 and 175BP as one rate, 20万元, 200,000元 and 贰拾万元 as one amount.
Left out because they never say anything about the bank: list numbers (1.), choice digits (扣1, ``1 甜的 2 咸的``),
digits inside codes (R2, T+1), names of days (双11). Marked ``claim=False`` because in a post they are more likely
everyday talk: a running count (第12天), 一杯, 三年前, an hour told in words (晚上九点), a lone digit, a year alone in
brackets. Such a quantity still counts when it stands in a *source*.
"""

from .compare import same, says
from .numerals import number
from .quantity import Bound, Day, Kind, Quantity
from .scan import find

__all__ = ["Bound", "Day", "Kind", "Quantity", "find", "number", "same", "says"]
