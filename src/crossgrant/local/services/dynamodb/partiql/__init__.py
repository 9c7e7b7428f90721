"""PartiQL: statements in, the same reads and writes as the API's own out.

`statement` says what a text states, parsed by `grammar.lark` into nodes of DynamoDB's expressions; `reading` and
`writing` do it.
"""
