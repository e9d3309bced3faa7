"""Surveys: what only a whole calendar can show — quota, gap, alike, stray, repeat.

Thresholds are data, in ``rules/surveys/``. A survey yields findings about posts; it moves and changes nothing.
A finding's ``where`` names the segment and the slot: ``seniors d05-chat-icebreaker-1``.
"""

from collections.abc import Mapping

from .counts import GapSurvey, QuotaSurvey
from .likeness import AlikeSurvey, StraySurvey
from .repeats import RepeatSurvey
from .survey import Survey

SURVEYS: Mapping[str, type[Survey]] = {
    "quota": QuotaSurvey,
    "gap": GapSurvey,
    "alike": AlikeSurvey,
    "stray": StraySurvey,
    "repeat": RepeatSurvey,
}
"""Kinds of survey over one calendar."""

__all__ = ["SURVEYS", "Survey"]
