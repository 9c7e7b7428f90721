"""The questions as each peer's own interface takes them; each file runs in that peer's environment."""
