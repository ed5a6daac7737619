"""Labelled conversations, agreement with them, and the guard against drift."""
