"""The evaluator: turns submissions into reports. Wire contract, checkers, graders, queues and HTTP service."""
