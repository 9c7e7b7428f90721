"""AWS Organizations, as far as embedded accounts have it: they belong to none.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
"""
