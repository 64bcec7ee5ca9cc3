"""What the made-up clothing shop sells."""

from collections.abc import Mapping, Sequence

LETTERS = ("XS", "S", "M", "L", "XL", "XXL")
DRESS_SIZES = ("36", "38", "40", "42", "44")
WAISTS = ("30W x 32L", "32W x 32L", "32W x 34L", "34W x 34L", "36W x 34L")
SHOE_SIZES = ("UK 5", "UK 6", "UK 7", "UK 8", "UK 9", "UK 10")
AGES = ("2-3 Years", "4-5 Years", "6-7 Years", "8-9 Years")
COLOURS = (
    "Black",
    "White",
    "Navy Blue",
    "Olive Green",
    "Maroon",
    "Mustard",
    "Light Grey",
    "Rose Pink",
    "Teal",
    "Beige",
)
BRANDS = (
    "Aldora",
    "Northfold",
    "Kesari",
    "Blue Lantern",
    "TerraWeave",
    "Pim & Poppy",
    "STRIDEN",
    "Halden-Ray",
)
KINDS: Mapping[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "Clothing|Women|Dresses|Midi Dresses": (
        "Women's {} Midi Dress",
        DRESS_SIZES,
        ("Floral Wrap", "Pleated", "Linen Shirt"),
    ),
    "Clothing|Women|Dresses|Maxi Dresses": (
        "Women's {} Maxi Dress",
        LETTERS,
        ("Tiered", "Halter Neck", "Bohemian"),
    ),
    "Clothing|Women|Tops|Blouses": (
        "Women's {} Blouse",
        LETTERS,
        ("Satin Bow", "Crochet Lace", "Puff Sleeve"),
    ),
    "Clothing|Women|Ethnic Wear|Kurtas": (
        "Women's {} Kurta",
        LETTERS,
        ("Anarkali Cotton", "Straight Rayon", "Chikankari"),
    ),
    "Clothing|Women|Knitwear|Cardigans": (
        "Women's {} Cardigan",
        LETTERS,
        ("Cable Knit", "Cropped Mohair", "Longline"),
    ),
    "Clothing|Women|Jeans|Skinny": (
        "Women's {} Skinny Jeans",
        WAISTS,
        ("High Rise", "Ankle Zip", "Distressed"),
    ),
    "Clothing|Men|Shirts|Casual Shirts": (
        "Men's {} Shirt",
        LETTERS,
        ("Oxford", "Madras Check", "Camp Collar"),
    ),
    "Clothing|Men|Shirts|Formal Shirts": (
        "Men's {} Formal Shirt",
        DRESS_SIZES,
        ("Twill", "Herringbone", "Poplin"),
    ),
    "Clothing|Men|T-Shirts|Polos": ("Men's {} Polo T-Shirt", LETTERS, ("Pique", "Tipped Collar", "Waffle")),
    "Clothing|Men|Jeans|Slim": ("Men's {} Slim Fit Jeans", WAISTS, ("Selvedge", "Carpenter", "Five Pocket")),
    "Clothing|Men|Knitwear|Sweaters": (
        "Men's {} Sweater",
        LETTERS,
        ("Merino Crew Neck", "Roll Neck", "Fair Isle"),
    ),
    "Clothing|Men|Jackets|Bombers": ("Men's {} Bomber Jacket", LETTERS, ("Quilted", "Varsity", "Waxed")),
    "Clothing|Kids|Girls|Frocks": ("Girls' {} Frock", AGES, ("Tutu", "Smocked", "Pinafore")),
    "Clothing|Kids|Boys|Shorts": ("Boys' {} Shorts", AGES, ("Cargo", "Surf", "Jogger")),
    "Shoes|Women|Sandals": ("Women's {} Sandals", SHOE_SIZES, ("Gladiator", "Espadrille", "T-Bar")),
    "Shoes|Men|Trainers": ("Men's {} Trainers", SHOE_SIZES, ("Court", "Trail Running", "Suede Retro")),
    "Shoes|Men|Boots": ("Men's {} Boots", SHOE_SIZES, ("Chelsea", "Desert", "Brogue")),
    "Accessories|Unisex|Belts": ("{} Belt", LETTERS, ("Braided Leather", "Canvas Webbing", "Reversible")),
    "Accessories|Unisex|Gloves": ("{} Gloves", LETTERS, ("Touchscreen Wool", "Driving", "Fleece Lined")),
    "Accessories|Unisex|Socks": ("{} Socks", ("39-42", "43-46"), ("Bamboo Ankle", "Ribbed Crew", "Argyle")),
}
"""By category path: the garment's name, its sizes, and what tells its garments apart."""
STYLES = (
    "{brand} {garment} ({colour}, {size})",
    "{brand} {garment} - {colour} - Size {size}",
    "{brand} {garment}, {size}, {colour}",
    "{brand} {colour} {garment} {size}",
    "{brand} {garment} | Colour: {colour} | Size: {size}",
)
