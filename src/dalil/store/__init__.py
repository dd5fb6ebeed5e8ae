"""Where documents and passages are kept for answering."""
