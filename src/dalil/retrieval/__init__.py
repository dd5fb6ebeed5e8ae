"""Passages → index → hits."""
