"""Progress reaches whoever listens, whichever thread makes it."""

from concurrent.futures import ThreadPoolExecutor

from dbarchitect import progress


def test_nobody_has_to_listen():
    progress.report("alone")


def test_the_innermost_listener_hears():
    outer, inner = [], []
    with progress.listening(outer.append):
        progress.report("one")
        with progress.listening(inner.append):
            progress.report("two")
        progress.report("three")
    progress.report("four")
    assert (outer, inner) == (["one", "three"], ["two"])


def test_threads_are_heard_too():
    heard = []
    with progress.listening(heard.append), ThreadPoolExecutor(2) as pool:
        list(pool.map(progress.report, ["a", "b", "c"]))
    assert sorted(heard) == ["a", "b", "c"]
