"""The moderators' workspace: one queue per territory, a decision with its reason."""
