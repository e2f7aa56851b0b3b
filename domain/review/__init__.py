"""Deciding: modes, steps, batches, returns, replies, undo, who may not decide."""
