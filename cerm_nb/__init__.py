"""CERM: customer experience based relationship management, as analytical notebooks."""

__version__ = "0.1.0"
