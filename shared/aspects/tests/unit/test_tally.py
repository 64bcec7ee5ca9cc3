from encore.aspects import AspectCount, AspectReader, AspectTally, beside_category

READER = AspectReader.load()


def tally(*reviews: str) -> AspectTally:
    """The tally of some reviews."""
    counted = AspectTally()
    for review in reviews:
        counted.add_review(READER.read(review))
    return counted


def test_a_review_counts_once_for_each_aspect() -> None:
    """Several mentions give one verdict, by their mean."""
    counted = tally("Great battery. The battery is superb. Battery could be better.", "Battery is terrible.")
    assert counted.counts() == [AspectCount("battery", praised=1, blamed=1)]


def test_a_mention_without_an_opinion_is_counted_apart() -> None:
    """Neutral mentions count as reviews, but neither praise nor blame."""
    counted = tally("I ordered it with the second battery.").count("battery")
    assert counted == AspectCount("battery", neutral=1)
    assert counted.reviews == 1


def test_merging_adds_up_in_any_order() -> None:
    """Parts can be counted apart and in any order."""
    first, second = tally("Great sound."), tally("Great sound.", "The strap is flimsy.")
    both, reverse = AspectTally(first.counts()), AspectTally(second.counts())
    both.merge(second.counts())
    reverse.merge(first.counts())
    assert (
        both.counts()
        == reverse.counts()
        == tally("Great sound.", "Great sound.", "The strap is flimsy.").counts()
    )


def test_top_lists_need_enough_reviews() -> None:
    """One voice is no list; ties are in the order of the alphabet."""
    counts = [
        AspectCount("sound", praised=6, blamed=1),
        AspectCount("design", praised=5),
        AspectCount("app", praised=5),
        AspectCount("noise", praised=1, blamed=9),
        AspectCount("price", praised=4),
        AspectCount("size", praised=3, blamed=3),
    ]
    counted = AspectTally(counts)
    praised = counted.most_praised(least_reviews=5, limit=9)
    assert [count.aspect for count in praised] == ["sound", "app", "design"]
    assert [count.aspect for count in counted.most_blamed(least_reviews=5, limit=9)] == ["noise"]
    assert len(counted.most_praised(least_reviews=1, limit=2)) == 2


def test_a_product_is_shown_beside_its_category() -> None:
    """A product's few reviews mean more beside those of its category; a single one is left out."""
    product = AspectTally([AspectCount("battery", praised=7, neutral=2), AspectCount("app", blamed=1)])
    category = AspectTally([AspectCount("battery", praised=17, blamed=22)])
    assert [(str(own), str(all_)) for own, all_ in beside_category(product, category)] == [
        ("battery: 7 of 9 praise, 0 blame", "battery: 17 of 39 praise, 22 blame")
    ]
