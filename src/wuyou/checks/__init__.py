"""The checks room: runs the rulebook over a post, or the surveys over a calendar, and returns findings.

It changes neither, writes no prose and knows no law: what a rule means stands in ``content_library/rules/``.
"""

from .rulebook import Rulebook

__all__ = ["Rulebook"]
