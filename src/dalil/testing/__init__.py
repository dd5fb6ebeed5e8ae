"""Stand-ins that ship, for dalil's own tests and for those of people who build on it."""
