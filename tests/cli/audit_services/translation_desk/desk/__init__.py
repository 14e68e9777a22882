"""The translation desk: jobs, drafts by several models, scores, events."""
