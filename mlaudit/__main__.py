"""Lets `python -m mlaudit` do what `mlaudit` does."""

from mlaudit.cli.main import main

if __name__ == "__main__":
    main()
