"""Judging answers, comparing approaches with intervals, and the report that a person reads."""
