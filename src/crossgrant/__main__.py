"""`python -m crossgrant` is the command `crossgrant`."""

from crossgrant.cli import main

main()
