"""crossgrant: a Lambda function in one AWS account reads a DynamoDB table in another, as one declared grant."""

__version__ = "0.1.0"
