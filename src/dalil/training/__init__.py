"""Training: what a run will take and cost, before anything is trained."""
