"""Read a pasted error: any text in, never an exception out.

In: what a terminal, a log, an SDK, a template engine or a CloudTrail event showed, whole or cut off, wrapped in JSON or
not, in any language. Out: a `ParsedError` of what the text itself says. Nothing is looked up and nothing is concluded
here.

The steps, a file each: `texts` (every text hidden in the input), `sentence` (AWS's denial sentence and its
translations), `frames` (how each SDK and tool wraps code, operation and request id), `trail` (a CloudTrail event).
"""

from crossgrant.doctor.parse.error import ParsedError
from crossgrant.doctor.parse.frames import read_frame
from crossgrant.doctor.parse.sentence import read_sentence
from crossgrant.doctor.parse.texts import hidden_texts
from crossgrant.doctor.parse.trail import read_trail_event

__all__ = ["LONGEST", "ParsedError", "parse_error"]

LONGEST = 200_000
"""Characters of the input that are read: an error stands at the end of a log, so the end is kept."""


def parse_error(text: str) -> ParsedError:
    """Return what `text` says about a failed call; fields the text does not tell are None."""
    text = text[-LONGEST:]
    candidates = tuple(hidden_texts(text))
    parsed = ParsedError(text=text, plain="\n".join(candidates))
    for candidate in candidates:
        parsed = (
            parsed.filled(read_trail_event(candidate)).filled(read_sentence(candidate)).filled(read_frame(candidate))
        )
    return parsed.completed()
