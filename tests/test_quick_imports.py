"""The garbage collector rests while modules are imported, and only then."""

from __future__ import annotations

import gc

from tasks.quick_imports import quick_imports


def test_the_collector_rests_inside_the_block() -> None:
    assert gc.isenabled()
    with quick_imports():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with quick_imports():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
