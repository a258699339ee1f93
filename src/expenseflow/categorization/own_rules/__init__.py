"""Rules a person makes: first of all tiers."""
