"""Kubernetes manifests as kustomize puts them together, and what is wrong with them."""
