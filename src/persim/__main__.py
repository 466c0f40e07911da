"""`python -m persim`: the same as `persim`."""

from persim.cli import main

if __name__ == "__main__":
    main()
