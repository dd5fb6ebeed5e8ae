"""Documents → Examples → split: questions with provable answers, in groups that no paraphrase or twin crosses."""
