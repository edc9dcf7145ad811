"""`python -m lib …`: the command line of the desk."""

from lib.entrypoints.cli import main

if __name__ == "__main__":
    main()
