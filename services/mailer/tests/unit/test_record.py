from fondly.contracts.records import EmailRecord

RECORD = {
    "run_id": "run-1",
    "customer_id": "C1",
    "key": "k",
    "subject": "s",
    "preheader": "p",
    "copy_source": "ai",
    "product_ids": ["P1"],
    "model_calls": 1,
    "input_tokens": 2,
    "created_at": "2026-01-01T00:00:00Z",
}
"""As version 0.1 stored it."""


def test_a_record_reads_back_as_it_was_stored() -> None:
    """Its JSON has every field, and records of earlier versions have defaults for the others."""
    record = EmailRecord.model_validate(RECORD)
    assert EmailRecord.model_validate(record.model_dump(mode="json")) == record
    assert (record.prompt_keys, record.template_fields) == ((), ())
