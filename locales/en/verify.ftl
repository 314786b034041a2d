# Verifying: numbers and credentials.
verify-title = Verify
verify-lead = Does somebody show you a statement or a credential? Here you know within seconds. Nobody needs to sign in, and nothing that you send is kept.
verify-number = Check a number
verify-number-text = Every statement, certificate and decision letter has its number printed on it.
verify-number-submit = Check the number
verify-square-code = Is there a QR code on the paper? Point the camera of your phone at it: it opens the page that says whether the paper stands.
verify-document = Verify a credential
verify-document-text = An Open Badge (3.0), a Comprehensive Learner Record (2.0) or another Verifiable Credential, whoever issued it.
verify-paste = Paste the credential
verify-paste-hint = JSON, or a text that begins with eyJ (a JWT). At most 60,000 characters; choose a larger one as a file.
verify-file = Or choose its file
verify-file-hint = A .json or .jwt file. Where a file is chosen, the file counts.
verify-another = Verify another number or credential
verify-submit = Verify the credential
verify-record = Verify a whole record
verify-record-text = A record that a credit bank exported (ZIP) is verified when its owner signs in and takes it in; institutions verify one without a network with the command credit-bank verify-archive.
verify-found = What was found
verify-whose = A valid credential does not say that it belongs to whoever shows it: compare the name on it.
verify-issuer-name = Issuer
verify-issuer = Identifier of the issuer
verify-id = Identifier of the credential
verify-types = Types
verify-secured-by = Secured by
verify-steps = Step by step
verify-held = { $count ->
    [one] The credential that it holds
   *[other] The { $count } credentials that it holds
}
verify-without-name = Without a name
verify-standing-valid = Valid
verify-standing-suspended = Suspended; not to be relied on at present
verify-standing-revoked = Revoked; no longer valid
verify-standing-expired = Expired
verify-standing-not-yet-valid = Not valid yet
verify-standing-invalid = Not genuine: it is not what its issuer signed
verify-standing-unknown = Not certain: something of it could not be checked
verify-step-format = Format
verify-step-proof = Signature
verify-step-key = Key of the issuer
verify-step-dates = Dates
verify-step-status = Revocation
verify-step-issuer-trust = Who the issuer is
verify-outcome-passed = passed
verify-outcome-failed = failed
verify-outcome-not-checked = not checked
