"""Demands: brought in one sentence, looked at by coordinators, ranked under aliases, and followed to what became of
them."""
