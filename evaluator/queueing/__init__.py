"""Between the API and the workers. ``base`` says what a queue is; ``embedded`` is the one without Redis."""
