"""IAM: users, access keys, roles and policies of the embedded accounts.

https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
"""
