"""Owns the paths and the order: the one room that knows what follows what.

    read → plan → write → check → show → approve → export

Everything a notebook or the command line can do is a method of ``Workbench``, with the same name. There is no ``if``
about content in it: what may be said, to whom and when stands in the content library. The methods stand in eight
modules, one for each part of the day's work; the class below is all of them together.
"""

from .care import CareDesk
from .modelled import ModelDesk
from .occasions import OccasionDesk
from .quick import Quick, QuickDesk
from .reading import Reading
from .rooms import CATALOGUE_DATE
from .signing import Signed, SigningDesk

__all__ = ["CATALOGUE_DATE", "Quick", "Reading", "Signed", "Workbench"]


class Workbench(QuickDesk, OccasionDesk, ModelDesk, SigningDesk, CareDesk):
    """One bank's folder and everything that can be done in it."""
