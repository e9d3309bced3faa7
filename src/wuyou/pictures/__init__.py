"""Pictures: which drawing, layout and colours a post gets, and the file it becomes.

``Wall`` chooses by counting, so that a segment does not see a drawing or a layout twice within a week, and fills the
layouts that list something from the brief's own facts. ``make`` sets the pictures and refuses what it cannot set well
(a character the font lacks, words that do not fit) instead of printing a box or cutting them off. How a poster looks
stands in ``templates/posters``; text reaches those templates as data, never as source. The words are the writer's:
nothing is invented here. The same picture, style and bank give the same bytes.
"""

from __future__ import annotations

from .guard import HEADLINE, LINE, LINES, POINT, problems
from .press import Signature, make
from .tables import Designs, Scenes, drawing, scene_names
from .wall import DAYS, Wall

__all__ = [
    "DAYS", "HEADLINE", "LINE", "LINES", "POINT", "Designs", "Scenes", "Signature", "Wall", "drawing", "make",
    "problems", "scene_names",
]  # fmt: skip
