"""A real plugin package with one writer and one exporter, installed by tests/test_plugin.py."""

from wuyou.values import Origin, Part
from wuyou.writers import finish


class Shouting:
    """Says the first fact loudly."""

    name = "shouting"

    def write(self, brief, notes=()):
        """Write a post."""
        said = brief.facts[0].value if brief.facts else brief.slot.genre
        return finish(brief, (Part(role="body", text=said + "！"),), Origin(writer=self.name))


class Titles:
    """Writes the approved posts' ids, a line each."""

    suffix = ".titles"
    approved_only = True

    def export(self, calendar, path):
        """Write the file."""
        path.write_text("".join(f"{entry.post.id}\n" for entry in calendar.entries), encoding="utf-8")
        return path
