"""What hangs on a thread: voices, supports, comments, and the events of its fil."""
