"""The command line. Exit codes: 0 all well, 1 something is wrong that a person must see, 2 wrong usage."""
