"""What GitHub's runner starts: hands over to the action."""

if __name__ == "__main__":
    from rotate.faces import process

    process.begin()

    from rotate.faces.action import main

    process.end(main())
