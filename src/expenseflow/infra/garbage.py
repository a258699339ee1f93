"""The garbage collector, which stands in everybody's way while it goes through all there is."""

import gc

YOUNG = 10_000
"""New objects between two short collections (Python's own: 700). A page of 50 lines makes some
thousands, and nearly all of them are gone with the answer without any collector."""


def keep_what_is_loaded() -> None:
    """What is there now stays for as long as the process does: do not look through it again.

    Several hundred thousand objects of libraries are; a full collection of them stops the event
    loop for a third of a second, on a busy machine for a whole one. Call it once all is loaded.

    Source: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
