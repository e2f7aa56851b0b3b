"""Questions that wait for an exact answer: asked, matched, answered elsewhere, left in silence."""
