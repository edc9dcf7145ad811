"""The reasons that block nothing and leave no cell blank: what was seen, found again, or said by a person."""

from __future__ import annotations

# Code, sentence, mend.
INFO: tuple[tuple[str, str, str], ...] = (
    (
        "due_before_issued",
        "The invoice is due more than a day before it was issued.",
        "Check which column is mapped to which date.",
    ),
    (
        "completed_without_booking",
        "The work is completed and has no day on which it was booked.",
        "Nothing needs doing for work done on the spot; otherwise ask for the booking.",
    ),
    (
        "sold_without_amount",
        "It is marked as sold, and no amount says for how much.",
        "Ask for the amount, or map the column that holds it.",
    ),
    (
        "tax_over_amount",
        "The tax is more than the amount it is a part of.",
        "Check which column is mapped to which of the two.",
    ),
    (
        "balance_over_amount",
        "More is owed than the amount and its tax come to.",
        "Nothing needs doing if interest was added; otherwise check which columns are mapped.",
    ),
    (
        "no_contact",
        "There is neither a phone number nor an e-mail address, so the person cannot be called back or recognised.",
        "Ask the provider for a contact, or map the column that holds it.",
    ),
    (
        "extension_without_phone",
        "There is a phone extension and no phone number.",
        "Check whether the number stands in another column.",
    ),
    (
        "same_phone_twice",
        "The second phone number is the first one again.",
        "Nothing needs doing; check the map if every row says so.",
    ),
    (
        "contact_in_name",
        "The name holds an e-mail address.",
        "Check whether the columns have moved, or which one is mapped to the name.",
    ),
    (
        "in_file",
        "Another row of the same file has this identifier and is newer, or stands later; that one counts.",
        "Nothing needs doing.",
    ),
    ("same_row", "The same row stands in the file more than once; one of them counts.", "Nothing needs doing."),
    ("unchanged", "The record is known and nothing in it changed.", "Nothing needs doing."),
    (
        "test_import",
        "This was a test import: the row was judged, and nothing was written.",
        "Import the file without --test to keep its rows.",
    ),
    (
        "ambiguous_time",
        "The clocks went back and this time of day came twice; it is taken as the first of the two.",
        "Ask the provider for times in UTC, or with their offset.",
    ),
    (
        "nonexistent_time",
        "The clocks went forward and this time of day never was; it is moved to the next time that was.",
        "Check the time zone in the map; ask the provider for times in UTC.",
    ),
    (
        "extension_apart",
        "An extension stands behind the phone number; the number is kept without it.",
        "To keep it, map the same column to phone_extension with the transform phone_extension.",
    ),
    (
        "class_test",
        "The row is a test submission: kept and counted apart, never as a lead.",
        "If it is real after all, change its class in the review.",
    ),
    (
        "class_spam",
        "The row is spam: kept and counted apart, never as a lead.",
        "If it is real after all, change its class in the review.",
    ),
    (
        "class_internal",
        "The row comes from the business itself or its agency: kept and counted apart, never as a lead.",
        "If it is real after all, change its class in the review.",
    ),
    (
        "class_marketplace_duplicate",
        "The marketplace sold this request before under another lead number: its fee counts, the lead does not.",
        "Ask the marketplace for a credit if it was sold to the same business twice.",
    ),
    (
        "matched_by_phone",
        "The identifier is not known and the phone number is: the row updates the record that bears it.",
        "Nothing needs doing; if it is another one after all, choose a new record for it in the review.",
    ),
    (
        "matched_by_email",
        "The identifier is not known and the e-mail address is: the row updates the record that bears it.",
        "Nothing needs doing; if it is another one after all, choose a new record for it in the review.",
    ),
    (
        "matched_by_phone_and_email",
        "The identifier is not known, phone number and e-mail address are: the row updates the record that bears both.",
        "Nothing needs doing; if it is another one after all, choose a new record for it in the review.",
    ),
    (
        "matched_by_person",
        "A person chose the record that this row stands for.",
        "Take the decision back in the review to have it looked for again.",
    ),
    (
        "new_by_person",
        "A person decided that this row is a record of its own.",
        "Take the decision back in the review to have its record looked for again.",
    ),
    (
        "known_by_match",
        "The identifier was matched to this record in an earlier load; the record has another one too.",
        "Undo that load if the two are not the same.",
    ),
    (
        "same_record",
        "Another row of the file stands for the same record under another identifier; that one counts.",
        "Nothing needs doing.",
    ),
    (
        "held",
        "A person holds the row back: it stays out of the commit and can be released later.",
        "Release it once what it waits for is known.",
    ),
    (
        "ignored_by_person",
        "A person decided that the row is left out.",
        "Take the decision back in the review to let the row be judged again.",
    ),
    (
        "class_by_person",
        "A person gave the row its class; what its marks say stands beside it.",
        "Take the decision back in the review to follow the marks again.",
    ),
)
