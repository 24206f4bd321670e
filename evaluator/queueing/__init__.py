"""Queues between the API and the workers. ``base`` has their protocol, ``embedded`` the queue without Redis,
``distributed`` the one with Redis."""
