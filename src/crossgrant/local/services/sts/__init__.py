"""STS: sessions of roles, and who one is.

https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
"""
