"""A property that is computed when it is first asked for, then kept.

``functools.cached_property`` does the same, but takes a lock for it up to Python 3.11, which costs more than most of
what is computed here. A post is looked at by one thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["once"]

if TYPE_CHECKING:
    from functools import cached_property as once
else:

    class once:  # noqa: N801 - used like property
        """Computes an attribute at its first use."""

        def __init__(self, compute):
            self.compute = compute
            self.__doc__ = compute.__doc__

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.compute(instance)
            return value
