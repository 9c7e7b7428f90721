"""The embedded services, one folder each: what they read, what access they need, how they serve."""
