from pathlib import Path

from encore.stack.link_hosts import any_host, hosts_in

HEAD = "product_id,product_link,img_link\n"


def test_a_trial_trusts_the_hosts_that_most_rows_name(tmp_path: Path) -> None:
    """One row with a host of its own does not make it trusted."""
    file = tmp_path / "shop.csv"
    rows = [f"P{n},https://shop.example/{n},https://img{n % 2}.example/{n}.jpg" for n in range(20)]
    odd = ["X,https://evil.example/,https://u@img.example/", "Y,https://[bad/,", "Z,,"]
    file.write_text(HEAD + "\n".join([*rows, *odd]) + "\n")
    assert hosts_in([file]) == {
        "ENCORE_MAILER_LINK_HOSTS": "shop.example",
        "ENCORE_MAILER_IMAGE_HOSTS": "img0.example,img1.example",
    }


def test_files_without_urls_set_nothing(tmp_path: Path) -> None:
    """A file of customers, for example."""
    file = tmp_path / "customers.csv"
    file.write_text("user_id,user_name\nC1,Ananya\n")
    assert hosts_in([file]) == {}


def test_a_chosen_list_of_hosts_is_kept() -> None:
    """A stack without a file allows any host unless told otherwise."""
    assert any_host({"ENCORE_MAILER_LINK_HOSTS": "shop.example"}) == {
        "ENCORE_MAILER_LINK_HOSTS": "shop.example",
        "ENCORE_MAILER_IMAGE_HOSTS": "*,localhost:8026",
        "ENCORE_INGEST_LINK_HOSTS": "*,localhost:8026",
    }
