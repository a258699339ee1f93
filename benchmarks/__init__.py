"""What docs/benchmarks.md quotes; `make bench` runs it."""
