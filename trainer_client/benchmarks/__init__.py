"""Benchmarks of coding models, scored through the service: ``livecodebench`` first."""
