"""Coaching: what an agent does well, the few habits worth changing, and practice on real situations."""
