"""Whether an accessory fits what a customer owns."""

from decimal import Decimal

import pytest

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.attributes import Attributes, read_attributes
from fondly.recommender.domain.shop.fit_tables import Fact
from fondly.recommender.domain.shop.fitting import (
    fits,
    is_fit,
    is_of_their_system,
    known_from,
    owned_with,
)
from fondly.recommender.domain.shop.names import joined

MAKERS = frozenset(("kitcho", "velora", "mirano", "sonara"))
"""The makers of devices in the invented shop."""

SUJATA_MIXER = ("Mixer Grinders", "Sujata Dynamix 900 W Mixer Grinder", "Sujata")
OPPO_PHONE = ("Smartphones", "OPPO A74 5G (Fluid Black, 6GB RAM)", "OPPO")
IPHONE_13 = ("Smartphones", "Apple iPhone 13 (128GB) - Blue", "Apple")
IPHONE_15 = ("Smartphones", "Apple iPhone 15 (128GB) - Pink", "Apple")
UNKNOWN_PHONE = ("Smartphones", "Velora Nova 5 (Midnight, 128 GB)", "Velora")
TV_55 = ("Televisions", "Mirano 139 cm (55 inches) 4K Smart LED TV", "Mirano")
SONY_TV = ("Televisions", "Sony Bravia 50 inch Google TV", "Sony")
FIRE_STICK = ("Streaming Devices", "Fire TV Stick 4K with Alexa Voice Remote", "Amazon")
TATA_BOX = ("Set Top Boxes", "Tata Sky HD Set Top Box Connection", "Tata")
XSTREAM_BOX = ("Set Top Boxes", "Airtel Xstream Smart Set Top Box", "Airtel")
LAPTOP_15 = ("Laptops", "Acer Aspire 15.6 inch Laptop 8 GB", "Acer")
PRINTER = ("Printers", "HP DeskJet 2331 All-in-One Printer", "HP", "Uses HP 805 ink cartridges")
REMOTE_AAA = ("Remote Controls", "Remote for LG TV", "Remo", "Needs two AAA batteries")
WALL_CLOCK_AA = ("Clocks", "Wall Clock, silent", "Lumo", "Runs on one AA battery")
WATCH_22 = ("Watches", "Steel Chronograph Watch", "Chrono", "Strap width 22 mm")
KETTLE = ("Kettles", "Electric Kettle 1.5 L", "Kitcho")
MAKITA_DRILL = ("Drills", "Makita 18V LXT Cordless Drill", "Makita")
CAMERA_SD = ("Cameras", "Canon EOS R10 Mirrorless Camera", "Canon", "SD card slot")
ANDROID_MICROSD = ("Smartphones", "Samsung Galaxy M04 (4GB RAM)", "Samsung", "microSD card slot")
NESPRESSO = ("Coffee Machines", "Nespresso Essenza Mini Coffee Machine", "Nespresso")
PS5 = ("Consoles", "PlayStation 5 Slim Console", "Sony")
MATTRESS_140 = ("Mattresses", "Foam Mattress 140 x 200 cm", "Schlafo")

GALAXY = ("Smartphones", "Samsung Galaxy A55 128 GB", "Samsung")
KRAFTEK_DRILL = ("Drills", "Kraftek Cordless Drill Driver 20V, Kit with 2x 2.0Ah", "Kraftek")
PS5_GAME = ("Games", "Star Harvest (PS5)", "")

Words = tuple[str, ...]


def _read(words: Words) -> Attributes:
    category, name, brand, *bullets = words
    product = Product(
        product_id="1",
        name=name,
        category=(category,),
        price=Decimal(1),
        currency="EUR",
        bullets=tuple(bullets),
    )
    return read_attributes(product, joined(brand) or None, MAKERS)


def _fits(accessory: Words, owned: Words) -> bool | None:
    return fits(_read(accessory), _read(owned))


@pytest.mark.parametrize(
    ("accessory", "owned"),
    [
        (("Mixer Jars", "Jar for Sujata Mixer Grinder, 1.5 L", "Kitcho"), SUJATA_MIXER),
        (("USB Cables", "USB-C Cable 60W, 1 m", "Kabello"), OPPO_PHONE),
        (("USB Cables", "USB-C to Lightning Cable, 1 m", "Kabello"), IPHONE_13),
        (("USB Cables", "USB-C to USB-C Cable, 2 m", "Kabello"), IPHONE_15),
        (("HDMI Cables", "HDMI Cable 4K, 2 m", "Kabello"), TV_55),
        (("TV Mounts", "TV Wall Mount for 32 to 65 inch", "Mountix"), TV_55),
        (("Remote Controls", "Remote for Sony Bravia TV", "Remo"), SONY_TV),
        (("Remote Controls", "Voice Remote for Fire TV Stick", "Remo"), FIRE_STICK),
        (("Remote Controls", "Tata Sky Set Top Box Remote", "Remo"), TATA_BOX),
        (("Remote Controls", "Remote for Airtel Xstream Set Top Box", "Remo"), XSTREAM_BOX),
        (("Mice", "Silent Wireless Mouse", "Tezzo"), LAPTOP_15),
        (("Keyboards", "Mechanical Keyboard", "Tezzo"), LAPTOP_15),
        (("Laptop Bags", "Laptop Backpack 15.6 inch", "Packo"), LAPTOP_15),
        (("Phone Cases", "Clear Case for iPhone 13", "Kappto"), IPHONE_13),
        (("Screen Guards", "Tempered Glass for iPhone 12/13/13 Pro", "Glazo"), IPHONE_13),
        (("Phone Cases", "Leather Cover for Velora Nova 5", "Kappto"), UNKNOWN_PHONE),
        (("Ink", "HP 805 Black Ink Cartridge", "HP"), PRINTER),
        (("USB Cables", "USB A to B Printer Cable, 2 m", "Kabello"), PRINTER),
        (("Car Chargers", "Dual USB Car Charger", "Voltera"), UNKNOWN_PHONE),
        (("Batteries", "AAA Batteries, 8 pcs", "Powra"), REMOTE_AAA),
        (("Watch Straps", "Leather Watch Strap 22 mm", "Strapo"), WATCH_22),
        (("Akkus", "Makita LXT 18V Battery Pack 5 Ah", "Makita"), MAKITA_DRILL),
        (("Memory Cards", "SDHC Card 32 GB", "Dato"), CAMERA_SD),
        (("Memory Cards", "microSDXC Card 128 GB", "Dato"), ANDROID_MICROSD),
        (("Kaffeekapseln", "Kaffeekapseln für Nespresso", "Cafora"), NESPRESSO),
        (("Video Games", "Star Harvest (PS5)", ""), PS5),
        (("Bettwäsche", "Spannbettlaken 140 x 200 cm", "Schlafo"), MATTRESS_140),
        (("StandMixerAccessories", "Sujata 0.4-Litre Grind and Store Jar", "Sujata"), SUJATA_MIXER),
        (("Games", "Elden Shore - PS5", ""), PS5),
        (("Games", "Elden Shore - PS5", ""), PS5_GAME),
        (("Saws", "Kraftek Jigsaw 20V, Body Only", "Kraftek"), KRAFTEK_DRILL),
        (("Saws", "Makita Stichsäge DJV 18V LXT solo", "Makita"), MAKITA_DRILL),
        (("Batteries", "Kraftek 20V Battery 4.0Ah", "Kraftek"), KRAFTEK_DRILL),
        (("Drill Bits", "Wood Drill Bit Set, Hex Shank", "Werko"), KRAFTEK_DRILL),
        (("Wireless Chargers", "MagSafe Wireless Charger 15 W", "Voltera"), IPHONE_13),
    ],
)
def test_an_accessory_fits_a_device_that_has_what_it_takes(accessory: Words, owned: Words) -> None:
    """It agrees in all that this kind of accessory needs."""
    assert _fits(accessory, owned) is True


@pytest.mark.parametrize(
    ("accessory", "owned"),
    [
        (("Mixer Jars", "Preethi Chutney Jar 400 ml", "Preethi"), SUJATA_MIXER),
        (("USB Cables", "USB A to B Printer Cable, 2 m", "Kabello"), OPPO_PHONE),
        (("USB Cables", "Micro USB Cable 1 m", "Kabello"), IPHONE_13),
        (("USB Cables", "USB-C to USB-C Cable, 2 m", "Kabello"), IPHONE_13),
        (("USB Cables", "USB-C to Lightning Cable, 1 m", "Kabello"), IPHONE_15),
        (("Remote Controls", "Voice Remote for Fire TV Stick", "Remo"), TATA_BOX),
        (("Remote Controls", "Remote for Airtel Xstream Set Top Box", "Remo"), TATA_BOX),
        (("Remote Controls", "Remote for Samsung TV", "Remo"), SONY_TV),
        (("Batteries", "AAA Batteries, 8 pcs", "Powra"), WALL_CLOCK_AA),
        (("TV Mounts", "TV Wall Mount for 12 to 27 inch", "Mountix"), TV_55),
        (("Phone Cases", "Clear Case for iPhone 13 Pro", "Kappto"), IPHONE_13),
        (("Screen Guards", "Tempered Glass for Galaxy A54", "Glazo"), IPHONE_13),
        (("Laptop Sleeves", "Neoprene Laptop Sleeve 13 inch", "Packo"), LAPTOP_15),
        (("Ink", "HP 678 Black Ink Cartridge", "HP"), PRINTER),
        (("Ink", "Canon PG-47 Ink Cartridge", "Canon"), PRINTER),
        (("Headphones", "Wired Earphones with 3.5 mm jack", "Sonara"), IPHONE_13),
        (("Memory Cards", "microSDXC Card 128 GB", "Dato"), IPHONE_13),
        (("Watch Straps", "Leather Watch Strap 20 mm", "Strapo"), WATCH_22),
        (("Akkus", "Bosch Professional Akku GBA 18V 4 Ah", "Bosch"), MAKITA_DRILL),
        (("Kaffeekapseln", "Kaffeekapseln für Dolce Gusto", "Cafora"), NESPRESSO),
        (("Video Games", "Kart Rally (Nintendo Switch)", ""), PS5),
        (("Bettwäsche", "Spannbettlaken 90 x 200 cm", "Schlafo"), MATTRESS_140),
        (("StandMixerAccessories", "Preethi 0.4-Litre Grind and Store Jar", "Preethi"), SUJATA_MIXER),
        (("Games", "Ring of Tides (Nintendo Switch)", ""), PS5_GAME),
        (("Saws", "Kraftek Jigsaw 20V, Body Only", "Kraftek"), MAKITA_DRILL),
        (("Saws", "DeWalt Circular Saw 18V XR, bare unit", "DeWalt"), MAKITA_DRILL),
        (("Batteries", "Kraftek 20V Battery 4.0Ah", "Kraftek"), MAKITA_DRILL),
        (("Drill Bits", "SDS-plus Hammer Bit Set, 7 pcs", "Werko"), KRAFTEK_DRILL),
        (("Wireless Chargers", "MagSafe Wireless Charger 15 W", "Voltera"), GALAXY),
        (("Smart Watches", "Apple Watch Series 9 41 mm", "Apple"), GALAXY),
        (("Trackers", "AirTag, 4 Pack", "Apple"), GALAXY),
        (("Lenses", "35 mm f/1.8 Lens for Sony E", "Sigra"), CAMERA_SD),
        (("Gaming Headsets", "Headset for Nintendo Switch", "Tezzo"), PS5),
    ],
)
def test_an_accessory_for_something_else_does_not_fit(accessory: Words, owned: Words) -> None:
    """Where both say what they fit by, and differ, it is certain that it does not."""
    assert _fits(accessory, owned) is False


@pytest.mark.parametrize(
    ("accessory", "owned"),
    [
        (("USB Cables", "USB-C Cable 60W, 1 m", "Kabello"), UNKNOWN_PHONE),
        (("USB Cables", "USB-C Cable 60W, 1 m", "Kabello"), KETTLE),
        (("Memory Cards", "microSDXC Card 128 GB", "Dato"), UNKNOWN_PHONE),
        (("Mixer Jars", "Chutney Jar for Mixer Grinder", "Nobody"), SUJATA_MIXER),
        (("Phone Cases", "Slim Case, black", "Kappto"), IPHONE_13),
        (("Chargers", "33W Fast Charger with Type-C Cable", "Voltera"), UNKNOWN_PHONE),
    ],
)
def test_what_is_useless_without_its_partner_is_no_fit_if_nothing_is_known(
    accessory: Words, owned: Words
) -> None:
    """The texts do not tell, and a guess would be a cable for somebody who owns nothing that takes it."""
    assert _fits(accessory, owned) is not True
    assert not is_fit(_read(accessory), _read(owned))


def test_what_is_of_use_by_itself_may_be_offered_if_nothing_is_known() -> None:
    """A mouse pad beside a kettle is for other rules to judge; but a mouse contradicts a phone."""
    towel = _read(("Towels", "Bath Towel, blue", "Homo"))

    assert fits(towel, _read(KETTLE)) is None
    assert is_fit(towel, _read(KETTLE))
    assert not is_fit(_read(("Mice", "Silent Wireless Mouse", "Tezzo")), _read(IPHONE_13))


LAMP_40 = ("Table Lamps", "Table Lamp E27, max. 40 W", "Hausa")
LAPTOP_65 = ("Laptops", "Lenovo Slim Laptop", "Lenovo", "USB-C port, 65 W USB-C charging")
PHONE_45 = ("Smartphones", "Velora Nova 7", "Velora", "45W fast charging required")
PHONE_128 = ("Smartphones", "Velora Nova 7", "Velora", "microSD slot, expandable up to 128 GB")
ROUTER_9 = ("Routers", "Netzo WiFi Router", "Netzo", "Power: 9 V, 0.6 A")
COOKER_3 = ("Pressure Cookers", "Prestige Pressure Cooker 3 Litre", "Prestige")
BIN_30 = ("Kitchen Bins", "Pedal Bin 30 L", "Binno")
AC_2 = ("Air Conditioners", "Frosto 2 Ton Split AC", "Frosto")
LAPTOP_16 = ("Laptops", "Velora Laptop DDR4 SODIMM", "Velora", "RAM expandable up to 16 GB")
FLASK = ("Isolierkannen", "Isolierkanne 500 ml", "Termo")


@pytest.mark.parametrize(
    ("accessory", "owned", "expected"),
    [
        (("Chargers", "18V Charger for Cordless Drill", ""), MAKITA_DRILL, None),
        (("Chargers", "Makita 18V LXT Charger for Cordless Drill", "Makita"), MAKITA_DRILL, True),
        (("Bulbs", "LED Bulb E27 9 W", "Lumo"), LAMP_40, True),
        (("Bulbs", "LED Bulb E27 9 W (60W equivalent)", "Lumo"), LAMP_40, True),
        (("Bulbs", "Halogen Bulb E27 60 W", "Lumo"), LAMP_40, False),
        (("Bulbs", "Halogen Bulb E27 60 W", "Lumo"), ("Lamps", "Lamp E27", "Hausa"), True),
        (("Bulbs", "LED Bulb E27 12 W", "Lumo"), ("Bulbs", "LED Bulb E27 9 W", "Lumo"), True),
        (("Laptop Chargers", "Lenovo 100W Laptop Charger USB-C", "Lenovo"), LAPTOP_65, True),
        (("Laptop Chargers", "Lenovo 65W Laptop Charger USB-C", "Lenovo"), LAPTOP_65, True),
        (("Laptop Chargers", "Lenovo 45W Laptop Charger USB-C", "Lenovo"), LAPTOP_65, False),
        (("Power Banks", "100W Laptop Power Bank", "Voltera"), LAPTOP_65, True),
        (("Power Banks", "30W Laptop Power Bank", "Voltera"), LAPTOP_65, False),
        (("Chargers", "65W USB-C Wall Charger", "Voltera"), LAPTOP_65, False),
        (("Chargers", "65W USB-C Wall Charger", "Voltera"), PHONE_45, True),
        (("Chargers", "20W USB-C Wall Charger", "Voltera"), PHONE_45, False),
        (("Chargers", "20W USB-C Wall Charger", "Voltera"), UNKNOWN_PHONE, True),
        (("Memory Cards", "microSDXC 128 GB", "Dato"), PHONE_128, True),
        (("Memory Cards", "microSDXC 1 TB", "Dato"), PHONE_128, False),
        (("Power Adapters", "12V 2A Power Adapter for Router", ""), ROUTER_9, False),
        (("Power Adapters", "9V 1A Power Adapter for Router", ""), ROUTER_9, True),
        (("Gaskets", "Prestige Gasket for 3 L Pressure Cooker", "Prestige"), COOKER_3, True),
        (("Gaskets", "Silicone Gasket for 3/5 Litre Pressure Cookers", ""), COOKER_3, True),
        (("Gaskets", "Prestige Gasket for 5 L Pressure Cooker", "Prestige"), COOKER_3, False),
        (("Gaskets", "Hawkins Gasket for 3 L Pressure Cooker", "Hawkins"), COOKER_3, False),
        (("Ersatzteile", "Ersatzglas für Isolierkanne 0,5 l", "Termo"), FLASK, True),
        (("Ersatzteile", "Ersatzglas für Isolierkanne 1 l", "Termo"), FLASK, False),
        (("Bin Liners", "Bin Liners 30 L, 40 pcs", ""), BIN_30, True),
        (("Bin Liners", "Bin Liners for 30-40 L Bins", ""), BIN_30, True),
        (("Bin Liners", "Bin Liners 20 L, 40 pcs", ""), BIN_30, False),
        (("Bin Liners", "Garden Refuse Bin Liners 120 L", ""), BIN_30, False),
        (("Stabilizers", "Voltage Stabilizer for AC up to 1.5 Ton", "Voltex"), AC_2, False),
        (("Stabilizers", "Voltage Stabilizer for 2 Ton AC", "Voltex"), AC_2, True),
        (("Memory", "Laptop RAM 32GB DDR4 SODIMM", "Dato"), LAPTOP_16, False),
        (("Memory", "Laptop RAM 8GB DDR4 SODIMM", "Dato"), LAPTOP_16, True),
    ],
)
def test_numbers_are_compared_with_what_a_device_allows_or_needs(
    *, accessory: Words, owned: Words, expected: bool
) -> None:
    """At most the watts of a lamp, at least those of a laptop; liners of about the size of their bin."""
    assert _fits(accessory, owned) is expected


def test_what_has_a_size_is_no_fit_for_a_thing_of_unknown_size() -> None:
    """The maker's gasket may be too large; of bin bags without a size it is not known to be wrong."""
    gasket = _read(("Gaskets", "Prestige Gasket for 3 L Pressure Cooker", "Prestige"))
    cooker, any_bin = ("Pressure Cookers", "Prestige Pressure Cooker", "Prestige"), ("Bins", "Pedal Bin", "")

    assert not is_fit(gasket, _read(cooker))
    assert not is_fit(_read(("Bin Liners", "Bin Liners 30 L", "")), _read(any_bin))
    assert is_fit(_read(("Bin Liners", "Bin Liners, black", "")), _read(any_bin))


def test_a_tool_without_a_battery_needs_one_of_its_platform() -> None:
    """With a battery of its own it does not."""
    bare, kit = ("Kraftek Jigsaw 20V, Body Only", "Kraftek Jigsaw 20V, Kit with 2x 2.0Ah and Charger")

    assert _read(("Saws", bare, "Kraftek")).needs_fit
    assert not _read(("Saws", kit, "Kraftek")).needs_fit


def test_a_device_made_for_one_system_is_nothing_to_who_is_not_known_to_have_it() -> None:
    """A lens has one mount, a headset may have one console's plug; others fit everybody."""
    assert _read(("Lenses", "35 mm f/1.8 Lens for Sony E", "Sigra")).needs_fit
    assert _read(("Gaming Headsets", "Headset for Nintendo Switch", "Tezzo")).needs_fit
    assert not _read(("Gaming Headsets", "Wireless Gaming Headset", "Tezzo")).needs_fit


def test_diets_and_types_of_skin_are_known_and_demand_nothing() -> None:
    """Who wants vegan food may be offered it first; nobody has to own any."""
    yoghurt = _read(("Yoghurts", "Oat Yoghurt, vegan, 400 g", "Hafra"))
    cream = _read(("Skin Care", "Night Cream for dry skin, 50 ml", "Derma"))

    assert {Fact("diet", "vegan"), Fact("chosen", "vegan")} == yoghurt.offers
    assert {Fact("skin", "dry")} == cream.offers
    assert not yoghurt.needs_fit


KITTEN, CAT = ("Cat Food", "Kitten Chicken 400 g", ""), ("Cat Food", "Adult Salmon 400 g", "")
NAPPIES = [("Nappies", f"Nappies Size {size}, 44 pcs", "") for size in range(1, 7)]
MILK, CHEESE = ("Milk", "Whole Milk 1 l", ""), ("Cheese", "Mature Cheddar", "")
OAT_YOGHURT, BREAD = ("Yoghurts", "Vegan Oat Yoghurt", ""), ("Loaves", "Sourdough Loaf", "")
HONEY = ("Spreads", "Blossom Honey, gluten free, 500 g", "")
GLUTEN_FREE_BREAD = ("Loaves", "Gluten Free Rolls", "")
DRY_SKIN, OILY_SKIN = ("Skincare", "Cream for dry skin", ""), ("Skincare", "Gel for oily skin", "")
LIGHTNING = ("USB Cables", "USB-C to Lightning Cable, 1 m", "Kabello")
ZIGBEE, WIFI = ("Smart Plugs", "Plug Zigbee", ""), ("Smart Plugs", "Plug Wi-Fi", "")
SCHOOL, TODDLER = ("Books", "The Owl School, ages 7-9", ""), ("Books", "My Animals, ages 2-4", "")
LARGE_PRINT = ("Books", "The Keeper (Large Print)", "")
TRACKER = ("Trackers", "AirTag, 4 Pack", "Apple")
KETTLE_120, KETTLE_230 = ("Kettles", "Kettle 1.7 L, 120V", ""), ("Kettles", "Kettle 1.7 L, 220-240 V", "")
MICROWAVE_230 = ("Microwaves", "Microwave 20 l, 230 V", "Kitcho")


@pytest.mark.parametrize(
    ("offer", "owned", "expected"),
    [
        (CAT, [KITTEN], False),
        (KITTEN, [CAT], False),
        (CAT, [KITTEN, CAT], True),
        (KITTEN, [KITTEN, CAT], False),
        (("Dog Food", "Adult Beef, large breed", ""), [("Dog Food", "Adult Beef, small breed", "")], False),
        (("Pet Food", "Dry Food for Dogs", ""), [("Pet Food", "Dry Food for Cats", "")], False),
        (NAPPIES[2], [NAPPIES[2]], True),
        (NAPPIES[3], [NAPPIES[2]], True),
        (NAPPIES[4], [NAPPIES[2]], False),
        (NAPPIES[1], [NAPPIES[2]], False),
        (NAPPIES[2], [NAPPIES[2], NAPPIES[3]], False),
        (CHEESE, [OAT_YOGHURT], False),
        (CHEESE, [OAT_YOGHURT, MILK], True),
        (CHEESE, [BREAD], True),
        (BREAD, [GLUTEN_FREE_BREAD], False),
        (BREAD, [GLUTEN_FREE_BREAD, BREAD], True),
        (BREAD, [HONEY], True),
        (HONEY, [BREAD], True),
        (GLUTEN_FREE_BREAD, [BREAD], False),
        (GLUTEN_FREE_BREAD, [HONEY], False),
        (OILY_SKIN, [DRY_SKIN], False),
        (OILY_SKIN, [DRY_SKIN, OILY_SKIN], True),
        (ZIGBEE, [], False),
        (ZIGBEE, [WIFI], False),
        (WIFI, [ZIGBEE], False),
        (WIFI, [], True),
        (TODDLER, [SCHOOL], False),
        (SCHOOL, [SCHOOL, TODDLER], True),
        (LARGE_PRINT, [SCHOOL], False),
        (LARGE_PRINT, [LARGE_PRINT], True),
        (KETTLE_120, [MICROWAVE_230], False),
        (KETTLE_230, [MICROWAVE_230], True),
        (("Kettles", "Travel Kettle, 110-240 V", ""), [MICROWAVE_230], True),
        (TRACKER, [LIGHTNING], True),
        (GALAXY, [LIGHTNING], False),
        (TRACKER, [("Phone Cases", "Case for Galaxy A54", "Kappto")], False),
    ],
)
def test_people_keep_to_what_they_have(*, offer: Words, owned: list[Words], expected: bool) -> None:
    """The oldest comes first: of what a child or an animal grows out of, only the newest counts."""
    known = known_from(owned_with(_read(one)) for one in owned)

    assert is_of_their_system(_read(offer), known) is expected


def test_a_case_tells_the_connector_of_the_phone() -> None:
    """A phone that is known by its model tells what it has, whoever has sold it."""
    case = ("Phone Cases", "Clear Case for iPhone 13", "Kappto")

    assert _fits(LIGHTNING, case) is True
    assert _fits(("USB Cables", "USB-C to USB-C Cable, 2 m", "Kabello"), case) is False
    assert _fits(LIGHTNING, ("Phone Cases", "Case for iPhone 15", "Kappto")) is False


def test_a_blade_tells_which_saw_its_owner_has() -> None:
    """Its diameter, and its bore where the text says it."""
    blade = ("Saw Blades", "Circular Saw Blade 165 x 20 mm, 24 Teeth", "Werko")

    assert _fits(("Saw Blades", "Circular Saw Blade 165 x 20 mm, 48 Teeth", "Werko"), blade) is True
    assert _fits(("Saw Blades", "Circular Saw Blade 165 x 30 mm, 48 Teeth", "Werko"), blade) is False
    assert _fits(("Saw Blades", "Circular Saw Blade 190 x 20 mm, 48 Teeth", "Werko"), blade) is False


def test_who_owns_a_case_for_a_phone_has_that_phone() -> None:
    """An owned accessory tells what its owner has, though the shop has not sold it."""
    case = ("Phone Cases", "Clear Case for iPhone 13", "Kappto")

    assert _fits(("Screen Guards", "Tempered Glass for iPhone 13", "Glazo"), case) is True
    assert _fits(("Screen Guards", "Tempered Glass for iPhone 12", "Glazo"), case) is False


def test_a_maker_alone_ties_nothing_together() -> None:
    """Dust bags for Bosch are nothing to the owner of a battery for tools by Bosch."""
    battery = ("Akkus", "Bosch Professional Akku GBA 18V 4 Ah", "Bosch")

    assert _fits(("Dust Bags", "Vacuum Bags for Bosch, 4 pcs", "Cleano"), battery) is not True


def test_a_universal_accessory_needs_no_maker() -> None:
    """It still needs such a device."""
    remote = ("Remote Controls", "Universal TV Remote Control", "Remo")

    assert _fits(remote, TV_55) is True
    assert _fits(remote, IPHONE_13) is False
