"""Writes html the way a bank's site serves it: navigation, script, footer; the older make nests tables in a table."""

from __future__ import annotations

import re
from html import escape

from .source import BANK, Block, Rows, Source, areas, pieces

SCRIPT = (
    'var page = {channel: "notice", hot: ["存款", "理财", "9.99%"], days: 365};\n'
    'document.addEventListener("click", function (event) { page.last = event.target.id; });'
)
"""What a reader must leave out, numbers and all."""
STYLE = "table.data { border-collapse: collapse } table.data td, table.data th { border: 1px solid #999; padding: 6px }"
OLD = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{title} - {bank}</title>
<style type="text/css">{style}</style>
<script type="text/javascript">
{script}
</script>
</head>
<body>
<table width="1000" align="center" cellpadding="0" cellspacing="0">
<tr><td colspan="2" class="nav">{nav}</td></tr>
<tr>
<td width="180" class="side"><ul>{links}</ul></td>
<td width="820" class="content">
{content}
</td>
</tr>
<tr><td colspan="2" class="footer">{footer}</td></tr>
</table>
</body>
</html>
"""
NEW = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{charset}">
<title>{title}_{bank}</title>
<style>{style}</style>
<script>
{script}
</script>
</head>
<body>
<header><nav><ul>{links}</ul></nav></header>
<main>
<article>
{content}
</article>
</main>
<aside><h2>相关链接</h2><ul>{links}</ul></aside>
<footer><p>{footer}</p></footer>
</body>
</html>
"""


def press(source: Source) -> bytes:
    """Fill the page; the older make is the one that is not UTF-8."""
    charset = source.charset or "utf-8"
    items = [escape(item) for item in re.split(r"\u3000+", source.header) if item]
    page = (NEW if charset == "utf-8" else OLD).format(
        charset=charset,
        title=escape(source.title),
        bank=BANK,
        style=STYLE,
        script=SCRIPT,
        nav=" | ".join(f'<a href="#">{item}</a>' for item in items),
        links="".join(f'<li><a href="#">{item}</a></li>' for item in items),
        content="\n".join(_block(block) for block in source.blocks),
        footer=escape(source.footer),
    )
    return page.encode(charset)


def _block(block: Block) -> str:
    if block.rows:
        return _table(block.rows)
    if block.kind == "internal":
        return f'<div style="display:none">{_inline(block.text)}</div>'
    if block.kind.startswith("h"):
        return f"<{block.kind}>{_inline(block.text)}</{block.kind}>"
    look = ' style="text-align:right"' if block.kind == "right" else ""
    return f"<p{look}>{_inline(block.text)}</p>"


def _table(rows: Rows) -> str:
    merged = areas(rows)
    lines = ['<table class="data">']
    for y, row in enumerate(rows):
        cells = []
        for x, text in enumerate(row):
            if text in ("^", "<"):
                continue
            bottom, right = merged.get((y, x), (y, x))
            span = f' rowspan="{bottom - y + 1}"' if bottom > y else ""
            span += f' colspan="{right - x + 1}"' if right > x else ""
            name = "th" if y == 0 else "td"
            cells.append(f"<{name}{span}>{_inline(text)}</{name}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</table>"])


def _inline(text: str) -> str:
    return "".join(
        f"<strong>{escape(piece.text)}</strong>" if piece.kind == "bold" else escape(piece.text)
        for piece in pieces(text)
    )
