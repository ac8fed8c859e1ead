"""Reads a mail message as a mail program does, by Python's email package.

Input: the message. Output: {to, subject, defects, parts, text, html}.
"""

import email
import email.policy
import json
import pathlib
import sys

message = email.message_from_bytes(pathlib.Path(sys.argv[1]).read_bytes(), policy=email.policy.default)
parts = list(message.walk())
defects = [defect for part in parts for defect in part.defects]
defects += [defect for header in message.values() for defect in header.defects]
print(json.dumps({
    "to": message["To"],
    "subject": message["Subject"],
    "defects": [repr(defect) for defect in defects],
    "parts": [part.get_content_type() for part in parts],
    "text": message.get_body(("plain",)).get_content(),
    "html": message.get_body(("html",)).get_content(),
}))
