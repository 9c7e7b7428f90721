"""The root of crossgrant's own errors.

CrossgrantError                      anything a user can mend: exit code 2
├── iam.MalformedPolicyDocumentError a policy document that AWS would refuse
├── iam.ScenarioError                a scenario line that can't be read
├── evidence.EvidenceError           a file that is no evidence of an account
├── evidence.CredentialsError        a profile that can't be used
├── grants.GrantFileError            a grant file that can't be used, with file, line and column
└── local.state.StateError           a state or snapshot file that can't be used

A denial is a value, never an exception.
"""


class CrossgrantError(Exception):
    """Say what was expected and what was found; `help` tells the fix.

    Args:
        message: lower case, no final period, the user's words in backticks.
        help: what to do about it, or None.

    """

    def __init__(self, message: str, *, help: str | None = None) -> None:  # noqa: A002 - the reader's word for it
        super().__init__(message)
        self.message = message
        self.help = help

    def describe(self) -> str:
        """Return the error as the terminal shows it: the message, and the help below it."""
        return f"error: {self.message}" if self.help is None else f"error: {self.message}\n  help: {self.help}"
