"""Rewrites: what an agent could have said instead, checked before anyone sees it."""
