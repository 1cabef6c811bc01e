"""The work of each command: the parsed arguments in, the exit status out."""
