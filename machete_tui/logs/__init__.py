"""Log lines kept, merged, searched and understood; pure of engines and of Textual.

``spool`` keeps them on disk, ``merge`` brings several containers into one order, ``query`` and ``scan``
find lines among a million, ``levels`` and ``fold`` read what a line says, ``export`` writes them out.
"""
