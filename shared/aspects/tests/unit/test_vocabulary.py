from fondly.aspects import AspectReader, Vocabulary
from fondly.aspects.catalogue import junk_words
from fondly.aspects.words import phrase_of

READER = AspectReader.load()


def aspects(text: str, vocabulary: Vocabulary | None = None) -> list[tuple[str, str]]:
    """What a text mentions: the words and the aspect that they stand for."""
    return [(mention.text, mention.aspect) for mention in READER.read(text, vocabulary)]


def test_synonyms_and_spellings_have_one_display_name() -> None:
    """Counts of what people call differently add up."""
    assert aspects("Battery backup is great.") == [("Battery backup", "battery")]
    assert aspects("The battery life is great.") == [("battery life", "battery")]
    assert aspects("Nice colours, nice color.") == [("colours", "colour"), ("color", "colour")]
    assert aspects("Value for money, and the cost is low.") == [
        ("Value for money", "price"),
        ("cost", "price"),
    ]


def test_the_longest_phrase_is_the_mention() -> None:
    """Picture quality is not the quality of the product."""
    assert aspects("Picture quality is superb.") == [("Picture quality", "picture quality")]
    assert aspects("Easy to use.") == [("Easy to use", "ease of use")]


def test_junk_is_no_aspect() -> None:
    """Words that reviews are full of but that praise or blame nothing in particular."""
    text = "Overall it's a good product from Amazon, one thing to use every day, in this range, by Samsung."
    assert aspects(text) == []
    assert {"product", "thing", "amazon", "day", "use", "one"} <= junk_words()


def test_phrases_that_only_look_like_an_aspect_are_not_read() -> None:
    """In "just in case" there is no case."""
    assert aspects("I bought two, just in case.") == []
    assert aspects("The case is sturdy.") == [("case", "case")]
    assert aspects("Copying photos to my laptop is quick. Will update after a month.") == []
    assert aspects("It switches itself off while I drive.") == []


def test_parts_that_people_tell_apart_are_told_apart() -> None:
    """Nobody who wrote about a lid is told that it was the cover."""
    text = "The lid closes firmly, the handle is cool, the dial is clear, the base is heavy."
    assert [aspect for _, aspect in aspects(text)] == ["lid", "handle", "dial", "base"]


def test_addresses_of_pages_and_pictures_mention_nothing() -> None:
    """An address of "images" is no picture quality; what stands around it is read, at its place."""
    text = "See https://images.example.com/sound/1.jpg, the battery lasts. www.example.com/charging"
    assert aspects(text) == [("battery", "battery")]
    assert [(found.begin, found.end) for found in READER.read(text)] == [(48, 55)]


def test_the_reviewed_files_do_not_contradict_each_other() -> None:
    """No word is both an aspect of the packaged vocabulary and junk."""
    packaged = Vocabulary.packaged()
    assert [word for word in sorted(junk_words()) if (word,) in packaged] == []


def test_the_kind_of_a_product_is_no_aspect_of_it() -> None:
    """In a cable's review, "cable", "wire" and "cord" are the product; elsewhere they are a part."""
    text = "The cable is good and the wire is thick. Charging is fast."
    assert [aspect for _, aspect in aspects(text)] == ["cable", "cable", "charging"]
    of_cables = Vocabulary.packaged().without_kind(("Computers&Accessories", "Cables", "USBCables"))
    assert [aspect for _, aspect in aspects(text, of_cables)] == ["charging"]


def test_the_kind_is_read_from_the_last_levels_only() -> None:
    """A heater of the part "Heating & Cooling" may still heat well."""
    category = ("Home&Kitchen", "Heating,Cooling&AirQuality", "RoomHeaters", "FanHeaters")
    of_heaters = Vocabulary.packaged().without_kind(category)
    assert aspects("Heating is quick.", of_heaters) == [("Heating", "heating")]


def shop() -> Vocabulary:
    """A vocabulary of three products."""
    return Vocabulary.of_catalogue(
        ["Steam iron with ceramic soleplate", "Rice cooker 1.8 L with steaming tray", "Sport watch"],
        [
            ["Spray nozzle: a fine mist for stubborn creases"],
            ["The inner pot is easy to clean", "Cooks with a non stick coating"],
            [
                "The clasp closes firmly",
                "The pin buckle is firm, also on the treadmill",
                "Great experience for you",
            ],
        ],
        [
            ("Home", "Ironing", "Steam Irons"),
            ("Home", "Kitchen", "Rice Cookers"),
            ("Electronics", "Wearables", "Sport Watches"),
        ],
    )


def test_a_catalogue_adds_what_its_products_have() -> None:
    """Parts that names, headings and texts of the shop mention become aspects."""
    text = "The ceramic soleplate glides, the spray nozzle leaks, and my rice cooker's inner pot is fine."
    found = aspects(text, shop())
    assert ("ceramic soleplate", "ceramic soleplate") in found
    assert ("spray nozzle", "spray nozzle") in found
    assert ("inner pot", "inner pot") in found
    assert aspects("A rice cooker is a good gift.", shop()) == [("rice cooker", "rice cooker")]


def test_where_a_product_is_used_is_no_part_of_it() -> None:
    """A cable "long enough for the sofa" has no sofa."""
    assert aspects("On my treadmill the pin buckle broke.", shop()) == [("pin buckle", "pin buckle")]


def test_a_catalogue_keeps_the_reviewed_vocabulary() -> None:
    """A shop's words never rename an aspect that people have reviewed."""
    assert aspects("The battery life is great.", shop()) == [("battery life", "battery")]


def test_junk_of_a_catalogue_is_left_out() -> None:
    """What every product's text says is no aspect."""
    assert aspects("Great experience.", shop()) == []


def test_a_large_catalogue_needs_several_products_of_one_part() -> None:
    """A phrase of one product says nothing, and a word of every part of the shop is no aspect."""
    parts = ("Irons", "Kettles", "Fans", "Lamps")
    names = [f"Item {number}" for number in range(900)]
    bullets = [
        ["The journal is new", *(["The soleplate is smooth"] if number % 4 == 0 else [])]
        for number in range(900)
    ]
    bullets[1] = ["The gizmo is round"]
    categories = [("Home", parts[number % 4], "Kind") for number in range(900)]
    found = Vocabulary.of_catalogue(names, bullets, categories)
    assert phrase_of("soleplate") in found
    assert phrase_of("journal") not in found
    assert phrase_of("gizmo") not in found
