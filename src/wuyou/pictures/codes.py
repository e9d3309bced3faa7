"""QR codes, as the posters print them."""

from __future__ import annotations

import io

from ..errors import ExportError

LONGEST = 300
"""Bytes of an address that a code of 190 points still shows in modules a phone can read."""


def svg(address: str) -> str:
    """Return the QR code of an address as SVG: error level M, a border of two modules.

    Raises ExportError when the address is too long to be read from a phone's screen.
    """
    import segno

    if len(address.encode()) > LONGEST:
        raise ExportError(
            f"二维码里的网址太长：{len(address.encode())} 字节", "staff.yml", f"请用 {LONGEST} 字节以内的短网址"
        )
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False, boost_error=False).save(
        drawn, kind="svg", border=2, xmldecl=False, light="#fff"
    )
    return drawn.getvalue().decode()
