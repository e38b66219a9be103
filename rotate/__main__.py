"""`python -m rotate` is the same as `rotate-ecr-token`."""

from __future__ import annotations

from typing import NoReturn

from rotate.faces import process


def main() -> NoReturn:
    """Run the command line, and end the process with its exit status."""
    process.begin()
    # What takes time to import can be interrupted by now.
    from rotate.faces.cli import main as run  # noqa: PLC0415

    try:
        status = run()
    except SystemExit as told:
        # argparse has shown its help, or what is wrong with the options.
        status = int(told.code or 0)
    process.end(status)


if __name__ == "__main__":
    main()
