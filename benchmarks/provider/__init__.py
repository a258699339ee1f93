"""How close a report comes to what its provider's limits allow; `make bench-provider` runs it."""
