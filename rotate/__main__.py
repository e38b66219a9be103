"""`python -m rotate` is the same as `rotate-ecr-token`."""

import sys

if __name__ == "__main__":
    from rotate.faces import process

    process.begin()

    from rotate.faces.cli import main

    sys.exit(main())
