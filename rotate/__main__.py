"""`python -m rotate` is the same as `rotate-ecr-token`."""

import signal
import sys

if __name__ == "__main__":
    # Until the run has begun, a cancelled one just ends: there is nothing to tell, nor to trace.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    from rotate.faces.cli import main

    sys.exit(main())
