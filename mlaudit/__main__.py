"""Lets `python -m mlaudit` do what `mlaudit` does."""

import os
import sys

if sys.path[0] == os.getcwd():  # noqa: PTH109 - what is under review is never to be imported
    del sys.path[0]

from mlaudit.cli.main import main

if __name__ == "__main__":
    main()
