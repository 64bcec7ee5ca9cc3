"""The words for colours, sizes and quantities in product names, and words that names begin with.

They are English and German, the colours also French, Spanish and Italian. To teach the service another
language, add its words. Case does not matter, nor does the order within a list.
"""

from itertools import product


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text in lower case."""
    return frozenset(text.casefold().split())


COLOURS = word_set("""
    black white red blue green yellow grey gray pink purple brown beige maroon navy turquoise teal magenta
    violet khaki burgundy indigo multicolor multicolour multicolored multicoloured

    schwarz weiß weiss rot blau grün gruen gelb grau braun lila türkis tuerkis violett bunt mehrfarbig
    anthrazit

    noir noire blanc blanche rouge bleu bleue vert jaune gris negro blanco rojo azul verde amarillo nero
    bianco rosso blu giallo grigio
""")
"""Colours wherever they stand in a name."""

SHADES = word_set("""
    orange gold golden silver rose rosegold bronze copper titanium platinum graphite gunmetal charcoal
    carbon steel aqua cyan cream ivory pearl peach coral salmon rust wine mustard mint olive lime lemon
    lavender lilac plum mauve fuchsia crimson scarlet amber tan taupe camel nude sand stone walnut oak teak
    mocha coffee chocolate espresso caramel champagne emerald sapphire ruby jade sky mahogany cherry
    raspberry cobalt ochre sage ecru heather melange blush aubergine eggplant terracotta apricot orchid
    periwinkle azure slate fawn russet pistachio moss brick wheat oatmeal smoke pewter onyx ebony
    transparent clear natural neutral offwhite assorted colorful colourful multi mix mixed midnight
    aquamarine chartreuse cerulean vermilion carmine garnet topaz opal onion cinnamon ginger honey butter
    vanilla biscuit almond hazelnut cocoa cognac chestnut mink oxblood claret merlot bordeaux cerise fuschia
    watermelon strawberry melon tangerine papaya mango canary sunflower marigold saffron turmeric haldi
    bone alabaster chalk iron ash ink lapis aegean seafoam fern hunter pine sapling pickle wasabi
    avocado eucalyptus thistle heliotrope wisteria mulberry grape raisin fig

    rosa goldfarben silberfarben silber kupfer creme elfenbein koralle senf flieder petrol natur
    durchsichtig
""")
"""Colours only in clothing or where a part of the name is nothing else: `olive` may be the product itself."""

TONES = word_set("""
    dark light deep bright pale matte matt glossy metallic pastel neon off hot baby royal midnight jet raven
    carbon charcoal phantom space sky navy ocean sea rose wine bottle forest olive army mint lime lemon aqua
    ice snow pearl ivory cream stone ash slate smoke steel iron cool warm blush dusty electric sunset cosmic
    stellar mystery frost frosted mystic awesome pure cherry blood brick coral teal coffee chocolate denim
    dunkel hell tief powder burnt washed heather rani peacock parrot tomato candy bubblegum arctic desert
    hunter fern acid old antique true vintage mid medium soft
""")
"""Words that belong to the colour after them: `space` grey."""

_GERMAN_TONES = (
    *(
        "",
        "dunkel",
        "hell",
        "tief",
        "pastell",
        "neon",
        "marine",
        "himmel",
        "königs",
        "nacht",
        "wein",
        "flaschen",
    ),
    *(
        "oliv",
        "moos",
        "grau",
        "blau",
        "zart",
        "alt",
        "creme",
        "rosen",
        "schnee",
        "stein",
        "silber",
        "gold",
        "senf",
    ),
    *(
        "mais",
        "zitronen",
        "sonnen",
        "kirsch",
        "feuer",
        "blut",
        "ziegel",
        "smaragd",
        "tannen",
        "wald",
        "eis",
        "tauben",
    ),
    *(
        "stahl",
        "kobalt",
        "royal",
        "rauch",
        "asch",
        "maus",
        "sand",
        "schoko",
        "nuss",
        "denim",
        "mint",
        "koral",
    ),
)
_GERMAN_COLOURS = (
    *(
        "schwarz",
        "weiß",
        "rot",
        "blau",
        "grün",
        "gelb",
        "grau",
        "braun",
        "lila",
        "rosa",
        "türkis",
        "violett",
        "bunt",
    ),
    *("beig", "pink", "silber", "silbern", "anthrazit"),
)
_GERMAN_ENDINGS = ("", "e", "er", "es", "en", "em")
GERMAN = frozenset(
    "".join(parts).casefold() for parts in product(_GERMAN_TONES, _GERMAN_COLOURS, _GERMAN_ENDINGS)
)
"""German colours, joined with a tone and inflected: `dunkelblaues`."""

CONNECTORS = word_set("and with und mit et y e n")
"""Words between two colours."""

LABELS = word_set("""
    color colour colors colours colored coloured farbe farben couleur size sizes größe groesse gr taille
    talla may vary
""")
"""Words that belong to the colours and sizes beside them."""

UNLIKE_TONES = word_set("""
    men mens women womens man woman boys girls boy girl kids baby unisex adult damen herren kinder jungen
    mädchen for für of with without mit ohne type plus pro max mini lite ultra
""")
"""Words that no colour takes before it: `men black` is a garment for men."""

UNCOLOURED = word_set("""
    tea rice bread wine pepper salt sugar bean beans lentil lentils gram chilli chili mustard light label
    friday decker star tape dragon tee wein salz pfeffer reis brot bohnen
""")
"""After a colour, these words name another product: green `tea` is not black tea in another colour."""

LETTER_SIZES = word_set("""
    xxs xs s m l xl xxl xxxl xxxxl 2xs 3xs 2xl 3xl 4xl 5xl 6xl 7xl 8xl xsmall xlarge xxlarge xxxlarge small
    medium large klein mittel groß gross free onesize petite tall
""")
CLEAR_SIZES = word_set(
    "xxs xxl xxxl xxxxl 2xl 3xl 4xl 5xl 6xl 7xl 8xl xsmall xlarge xxlarge xxxlarge onesize"
)
"""Those that cannot be part of a model's name."""
GARMENT_SIZES = LETTER_SIZES | word_set("""
    plus regular
    50 56 62 68 74 80 86 92 98 104 110 116 122 128 134 140 146 152 158 164 170 176
""")
"""Those at the end of a part of a garment's name."""

SHOE_SIZES = ("uk", "eu", "eur", "us", "ind")
SIZE_SYSTEMS = (*SHOE_SIZES, "size", "größe", "groesse", "gr", "taille", "talla")
"""A size follows: `UK` 9."""
NAMED_SIZES = ("king", "queen", "double", "single", "free", "one", "plus", "full", "a[2-6]")
"""`size` follows: `king` size."""

UNITS = (
    *(
        "mm",
        "cms?",
        "centimet(?:er|re)s?",
        "m",
        "mtrs?",
        "met(?:er|re)s?",
        "ft",
        "feet",
        "foot",
        "inch(?:es)?",
        "zoll",
        "yards?",
        "″",
        '"',
        "''",
    ),
    *("ml", "cl", "l", "lt", "ltrs?", "lit(?:er|re)s?", "oz", "ounces?", "gallons?"),
    *("gms?", "gr", "grams?", "gramm", "kgs?", "kilos?", "kilograms?", "lbs?", "tons?", "tonnen?"),
    *(
        "[mgt]b",
        "pcs?",
        "pieces?",
        "packs?",
        "count",
        "ct",
        "stk",
        "stück",
        "sheets",
        "pairs",
        "rolls",
        "blatt",
        "paar",
    ),
)
"""Units of size, volume, weight, storage and number. Power, charge and speed tell models apart."""
INCHES = ("inch(?:es)?", "zoll", "″", '"', "''")
STORES = ("ram", "rom", "storage", "internal", "memory", "speicher", "interner")
"""Words after a size of storage: 64 GB `storage`."""
AGES = ("years?", "yrs?", "y", "m", "months?", "mths?", "jahre", "monate")
PACKS = ("pack", "set", "combo", "box", "bundle", "packung", "lot", "pair")
"""Before or after a number, a quantity: `pack` of 2, 2-`pack`."""
NUMBERS = ("two", "three", "four", "five", "six", "ten", "zwei", "drei", "vier", "fünf", "sechs", "zehn")

GARMENTS = word_set("""
    dress dresses kurta kurtas kurti saree sarees lehenga jeans trousers pants chinos shorts skirt skirts
    shirt shirts tshirt tshirts tops blouse blouses sweater sweaters jumper jumpers hoodie hoodies
    sweatshirt jacket jackets coat coats blazer blazers leggings tights socks bra bras briefs boxers
    underwear lingerie nightwear pyjamas pajamas swimwear bikini cardigan shoes footwear trainers sneakers
    sneaker boots sandals slippers heels loafers gloves

    kleid kleider hose hosen hemd hemden bluse blusen pullover jacke jacken mantel mäntel röcke anzug anzüge
    socken unterwäsche schuhe stiefel sandalen handschuhe oberteile damenschuhe herrenschuhe strickjacke
""")
WEARABLE = GARMENTS | word_set("""
    clothing clothes apparel fashion garments wear menswear womenswear belts hats caps suits
    bekleidung kleidung mode damenmode herrenmode gürtel mützen hüte
""")
"""A product is clothing if its name has one of `GARMENTS` or its category one of `WEARABLE`."""

NO_BRANDS = (
    COLOURS
    | LETTER_SIZES
    | word_set("""
    a an the all any for of with by in new newly latest original genuine generic universal compatible
    replacement premium best super ultra mini portable smart digital electric electronic automatic manual
    wireless wired bluetooth usb hdmi type-c micro led lcd rechargeable cordless foldable adjustable
    waterproof multi multifunctional multipurpose professional personal instant heavy high full empty pure
    natural organic combo pack set pair box bundle piece pieces brand model remote cable charger adapter
    case cover stand holder mouse keyboard table lamp light fan heater room kitchen home house office travel
    lint milk silicone steel stainless plastic wooden cotton leather silk linen denim wool floral printed
    solid plain striped casual formal classic slim regular loose stretch summer winter monitor men mens
    men's women womens women's man woman boys boy's boy girls girl's girl kids kid's kid baby unisex ladies
    gents adult damen herren kinder jungen mädchen der die das neu neue neuer original für universal
    kabellos tragbar
""")
    | WEARABLE
)
"""Words that names begin with where they do not begin with a brand."""
TITLES = word_set("dr mr mrs st la le the")
"""Words that are part of a brand together with the one after them."""
NOT_OWN = word_set(
    "for compatible with suitable fits fit works supports replacement für passend kompatibel mit"
)
"""After these words a name speaks of other products: a cable `for` Samsung is not Samsung's."""
MADE_FOR = word_set("for of fits suitable compatible für von passend kompatibel")
"""Right after these words, a product's own maker is whose devices it is made for."""
CONSUMABLES = ("cartridge", "toner", "vacuum bag")
"""Kinds of things (see `Entries`) that are made for the devices of their own maker."""
LINES = {
    **dict.fromkeys(
        ("iphone", "ipad", "ipod", "imac", "macbook", "airpods", "airtag", "lightning", "mfi"), "apple"
    ),
    **dict.fromkeys(("redmi", "poco", "mi"), "xiaomi"),
    "galaxy": "samsung",
    "pixel": "google",
    "kindle": "amazon",
    "playstation": "sony",
    "xbox": "microsoft",
}
"""Product lines and connectors that stand for their maker."""
DEVICES = dict.fromkeys(("firetv", "firestick", "echodot", "dot2nd", "dot3rd", "dot4th", "dot5th"), "amazon")
"""The same for devices that count only where a name speaks of other products."""
