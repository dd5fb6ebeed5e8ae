"""Language models as training and answering share them: prompt templates, loading, generation."""
