"""What GitHub's runner starts: hands over to the action."""

import signal
import sys

if __name__ == "__main__":
    # Until the run has begun, a cancelled one just ends: there is nothing to tell, nor to trace.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    from rotate.faces.action import main

    sys.exit(main())
