"""Audit customer-service conversations against a written service manual, and coach the agents who held them."""

__version__ = "0.1.0"
