"""DynamoDB's operations, a module each: what a request must look like, what access it needs, and what it does.

Each module holds the operation's table of members, in the order in which AWS reports what is wrong with them; `read`
then checks values and expressions, `needs` names the decisions, and only `serve` says whether the table exists.
"""
