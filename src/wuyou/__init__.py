"""Wuyou (五有): headquarters material in, friendly and checked WeChat posts out.

Three names, looked up only when asked for, so that ``import wuyou`` costs nothing. Inside the package nobody imports this module.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import WuyouError as WuyouError
    from .workbench import Workbench as Workbench

__version__ = "0.1.0"
__all__ = ["Workbench", "WuyouError", "__version__"]


def __getattr__(name: str) -> object:
    if name == "Workbench":
        from .workbench import Workbench

        return Workbench
    if name == "WuyouError":
        from .errors import WuyouError

        return WuyouError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
