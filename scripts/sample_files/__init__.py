"""How the sample bank's headquarters files are written: one dialect of sources, one module per format.

``source`` reads a source and finds what is wrong with it; the others turn a sound one into bytes, the same bytes on
every run and every machine. They may not look at a clock, and no text reaches a layout as anything but data.
"""
