"""Containers without a container engine: what a Dockerfile says, done step by step."""
