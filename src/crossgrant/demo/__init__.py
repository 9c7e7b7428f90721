"""The demo: the story's steps as data, performed as signed requests on a gateway started as a user starts it.

    cast ─► story ─► run ─► results ─► terminal, report
                      │
              perform (boto3) ─► the gateway

In: nothing but the starter's grant file. Out: for each step what was expected, what came, and the statement that
decided it. `mutations` spoil one derived statement or condition at a time and tell which steps then end otherwise.
Only `perform` and `gateway` act; nothing here reaches the gateway's state but through a signed request.
"""
