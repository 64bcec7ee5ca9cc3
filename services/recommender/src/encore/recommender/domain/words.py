"""The words for colours, sizes and quantities in product names: English, German, and colours in other languages.

To teach the service another language, add its words. Case does not matter, nor does the order within a list.
"""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text in lower case."""
    return frozenset(text.casefold().split())


COLOURS = word_set("""
    black white red blue green yellow grey gray pink purple brown beige maroon navy turquoise teal magenta violet
    khaki burgundy indigo multicolor multicolour multicolored multicoloured

    schwarz weiß weiss rot blau grün gruen gelb grau braun lila türkis tuerkis violett bunt mehrfarbig anthrazit

    noir noire blanc blanche rouge bleu bleue vert jaune gris negro blanco rojo azul verde amarillo
    nero bianco rosso blu giallo grigio
""")
"""Colours wherever they stand in a name."""

SHADES = word_set("""
    orange gold golden silver rose rosegold bronze copper titanium platinum graphite gunmetal charcoal carbon
    steel aqua cyan cream ivory pearl peach coral salmon rust wine mustard mint olive lime lemon lavender lilac
    plum mauve fuchsia crimson scarlet amber tan taupe camel nude sand stone walnut oak teak mocha coffee
    chocolate espresso caramel champagne emerald sapphire ruby jade sky mahogany cherry raspberry cobalt
    ochre transparent clear natural neutral offwhite assorted colorful colourful multi mix mixed midnight

    rosa goldfarben silberfarben silber kupfer creme elfenbein koralle senf flieder petrol bordeaux natur
    durchsichtig
""")
"""Colours only in clothing or where a part of the name is nothing else: `olive` may be the product itself."""

TONES = word_set("""
    dark light deep bright pale matte matt glossy metallic pastel neon off hot baby royal midnight jet raven
    carbon charcoal phantom space sky navy ocean sea rose wine bottle forest olive army mint lime lemon aqua
    ice snow pearl ivory cream stone ash slate smoke steel iron cool warm blush dusty electric sunset cosmic
    stellar mystery frost frosted mystic awesome pure cherry blood brick coral teal coffee chocolate
    denim dunkel hell tief
""")
"""Words that belong to the colour after them: `space` grey."""

GERMAN_TONES = (
    *("dunkel", "hell", "tief", "pastell", "neon", "marine", "himmel", "königs", "nacht", "wein", "flaschen"),
    *("oliv", "moos", "grau", "blau", "zart", "alt", "creme", "rosen", "schnee", "stein", "silber", "gold"),
)
"""German joins them with the colour: `dunkelblau`."""
GERMAN_COLOURS = ("schwarz", "weiß", "rot", "blau", "grün", "gelb", "grau", "braun", "lila", "rosa")
GERMAN_ENDINGS = ("", "e", "er", "es", "en", "em")

CONNECTORS = word_set("and with und mit et y e n")
"""Words between two colours."""

LABELS = word_set("""
    color colour colors colours colored coloured farbe farben couleur size sizes größe groesse gr taille talla may
    vary
""")
"""Words that belong to the colours and sizes beside them."""

UNLIKE_TONES = word_set("""
    men mens women womens man woman boys girls boy girl kids baby unisex adult damen herren kinder jungen mädchen
    for für of with without mit ohne type plus pro max mini lite ultra
""")
"""Words that no colour takes before it: `men black` is a garment for men."""

UNCOLOURED = word_set("""
    tea rice bread wine pepper salt sugar bean beans lentil lentils gram chilli chili mustard light label friday
    decker star tape dragon tee wein salz pfeffer reis brot bohnen
""")
"""After a colour, these words name another product: green `tea` is not black tea in another colour."""

LETTER_SIZES = word_set("""
    xxs xs s m l xl xxl xxxl xxxxl 2xs 3xs 2xl 3xl 4xl 5xl 6xl 7xl 8xl xsmall xlarge xxlarge xxxlarge
    small medium large klein mittel groß gross free onesize petite tall
""")
CLEAR_SIZES = word_set(
    "xxs xxl xxxl xxxxl 2xl 3xl 4xl 5xl 6xl 7xl 8xl xsmall xlarge xxlarge xxxlarge onesize"
)
"""Those that cannot be part of a model's name."""
MAX_BARE_SIZE = 64
"""In clothing, a number up to this one at the end of a part of the name is a size."""

SIZE_SYSTEMS = ("size", "größe", "grösse", "groesse", "gr", "taille", "talla", "uk", "eu", "eur", "us", "ind")
"""A size follows: `UK` 9."""
NAMED_SIZES = ("king", "queen", "double", "single", "free", "one", "plus", "full", "a[2-6]")
"""`size` follows: `king` size."""

UNITS = (
    *(
        "mm",
        "cms?",
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
"""Units of size, volume, weight, storage and number. Power, charge and speed are left: they tell models apart."""
INCHES = ("inch(?:es)?", "zoll", "″", '"', "''")
STORES = ("ram", "rom", "storage", "internal", "memory", "speicher", "interner")
"""Words after a size of storage: 64 GB `storage`."""
AGES = ("years?", "yrs?", "months?", "mths?", "jahre", "monate")
PACKS = ("pack", "set", "combo", "box", "bundle", "packung", "lot", "pair")
"""Before or after a number, a quantity: `pack` of 2, 2-`pack`."""
NUMBERS = ("two", "three", "four", "five", "six", "ten", "zwei", "drei", "vier", "fünf", "sechs", "zehn")

WEARABLE = word_set("""
    clothing clothes wear tops apparel fashion garment garments menswear womenswear dress dresses kurta kurtas kurti saree
    sarees lehenga jeans trousers pants chinos shorts skirt skirts shirt shirts tshirt tshirts blouse blouses
    sweater sweaters jumper jumpers hoodie hoodies sweatshirt jacket jackets coat coats blazer blazers leggings
    tights socks bra bras briefs boxers underwear lingerie nightwear pyjamas pajamas swimwear bikini cardigan
    shoe shoes footwear trainers sneakers sneaker boots sandals slippers heels loafers gloves belts

    bekleidung kleidung mode damenmode herrenmode kleid kleider hose hosen hemd hemden bluse blusen pullover jacke
    jacken mantel mäntel rock röcke anzug anzüge socken unterwäsche schuhe schuh stiefel sandalen gürtel mütze
    handschuhe oberteile damenschuhe herrenschuhe strickjacke
""")
"""A product is clothing if its category or its name has one of these words."""

NO_BRANDS = (
    COLOURS
    | LETTER_SIZES
    | word_set("""
    a an the all any for of with by in new newly latest original genuine generic universal compatible replacement
    premium best super ultra mini portable smart digital electric electronic automatic manual wireless wired
    bluetooth usb hdmi type-c micro led lcd rechargeable cordless foldable adjustable waterproof multi
    multifunctional multipurpose professional personal instant heavy high full empty pure natural organic
    combo pack set pair box bundle piece pieces brand model remote cable charger adapter case cover stand holder
    mouse keyboard table lamp light fan heater room kitchen home house office travel lint milk silicone steel
    stainless plastic wooden cotton leather silk linen denim wool floral printed solid plain striped casual
    formal classic slim regular loose stretch summer winter monitor
    men mens men's women womens women's man woman boys boy's boy girls girl's girl kids kid's kid baby unisex
    ladies gents adult
    damen herren kinder jungen mädchen der die das neu neue neuer original für universal kabellos tragbar
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
