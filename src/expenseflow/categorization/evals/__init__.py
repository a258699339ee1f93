"""How good categorization is on real, labelled card data; `make eval`, never part of the tests."""
