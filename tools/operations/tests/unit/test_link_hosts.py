"""Which hosts a trial's emails may link to."""

from collections import Counter

from fondly.operations.check.link_hosts import any_host, usual_hosts


def test_a_trial_trusts_the_hosts_that_most_products_name() -> None:
    """One product with a host of its own does not make it trusted."""
    links = Counter({"shop.example": 20, "evil.example": 1})
    pictures = Counter({"img0.example": 10, "img1.example": 10})
    assert usual_hosts(links, pictures) == {
        "FONDLY_MAILER_LINK_HOSTS": "shop.example",
        "FONDLY_MAILER_IMAGE_HOSTS": "img0.example,img1.example",
    }


def test_products_without_links_set_nothing() -> None:
    """The stack's own settings hold then."""
    assert usual_hosts(Counter(), Counter()) == {}


def test_a_chosen_list_of_hosts_is_kept() -> None:
    """A stack without a file allows any host unless told otherwise."""
    assert any_host({"FONDLY_MAILER_LINK_HOSTS": "shop.example"}) == {
        "FONDLY_MAILER_LINK_HOSTS": "shop.example",
        "FONDLY_MAILER_IMAGE_HOSTS": "*,localhost:8026",
        "FONDLY_INGEST_LINK_HOSTS": "*,localhost:8026",
    }
