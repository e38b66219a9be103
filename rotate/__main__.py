"""`python -m rotate` is the same as `rotate-ecr-token`."""

if __name__ == "__main__":
    from rotate.faces import process

    process.begin()

    from rotate.faces.cli import main

    process.end(main())
