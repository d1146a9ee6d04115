"""`python -m app`: the command line; without a command, the window."""

import sys

from app.cli import main

sys.exit(main())
