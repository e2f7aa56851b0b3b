"""Changes to Rasa 3.6.21 where its serving costs most; each file replaces one thing and says why. What is understood
and decided stays the same (`tests/test_patches.py` compares). With another version, or another source of a replaced
function, the server does not start."""

from patches import without_tensorflow


def apply() -> None:
    """Puts every change in place. To be called before Rasa's larger parts are imported: one change is to that."""
    without_tensorflow.apply()
    from patches import answers, calls, decisions, emptiness, graph

    for each in (answers, calls, decisions, emptiness, graph):
        each.apply()
