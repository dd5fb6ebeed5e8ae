"""Question → answer, with its proof or an honest "I don't know"."""
