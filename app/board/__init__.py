"""The priorities board: stages, needs, voices by collège, what is awaited."""
