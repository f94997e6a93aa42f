"""Reads of the moderators’ work: the queue, one item, reports, appeals, the log, the list of words."""
