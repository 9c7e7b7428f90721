"""Measurements beside peers, in one run on one machine: `python3 dev.py bench [NAME…]`.

Each measurement is a module with `run()`. It starts the servers it compares, each a process of its own that listens on
loopback, sends them the same signed requests, and prints a table. boto3 makes and signs the requests beforehand and a
plain socket replays them, so that the client costs little. Compared is the CPU time of a server's process tree.
"""
