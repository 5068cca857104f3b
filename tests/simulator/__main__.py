"""python -m tests.simulator --port 8002 --app-url http://127.0.0.1:8000"""

import argparse
import signal
from pathlib import Path

from tests.simulator.keeping import keep, recall
from tests.simulator.server import Server
from tests.simulator.store import World


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator")
    parser.add_argument("--port", type=int, default=8002, help="on 127.0.0.1")
    parser.add_argument("--app-url", default="", help="who is told of what happens here")
    parser.add_argument("--seed", type=int, default=7, help="of the people and their days")
    parser.add_argument("--keep", type=Path, help="a file for what is to outlive a restart")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    world = World(options.seed, options.app_url)
    if options.keep:
        recall(world, options.keep)
    with Server(world, options.port) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            world.stopping.set()
        finally:
            if options.keep:
                keep(world, options.keep)


if __name__ == "__main__":
    main()
