"""What each program here says of a client: a line for each check, and an exit status."""

import sys


def run(client, checks):
    """Runs functions without arguments; each fails by an exception."""
    failures = 0
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            check()
            print(f"ok    {client}: {name}")
        except Exception as error:  # whatever a client raises is its failure
            failures += 1
            print(f"FAIL  {client}: {name}: {type(error).__name__}: {error}")
    sys.exit(1 if failures else 0)
