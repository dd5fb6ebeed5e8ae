"""Where documents and passages are kept for answering, and records that are too many to be held."""
