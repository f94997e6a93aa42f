"""The process: bounds itself, reads, answers."""

import json
import resource
import sys

from app.core.sieve import RefusedError, sift

MEMORY = 1536 * 1024 * 1024  # bytes of addresses, libraries included
SECONDS = 20  # of processor


def main() -> None:
    """Read the standard input and write the clean copy, or why there is none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a copy of its memory would hold what people sent
    try:
        answer = sift(sys.stdin.buffer.read(), *sys.argv[1:])
    except RefusedError as refused:
        answer = json.dumps({"refused": str(refused)}).encode()
    except Exception:  # whatever a decoder says of a file that it cannot read
        answer = json.dumps({"refused": "damaged"}).encode()
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
