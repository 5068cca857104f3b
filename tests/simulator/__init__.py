"""A server that plays the makers of wearables, for development and for tests.

It is written from what the makers document, and knows nothing of how the product reads them: the
two check each other. `python -m tests.simulator --port 8002` starts it; its first page tells more.
"""
