"""What the copywriter can say.

`{n.name}` is a slot of the product that a line is about, `{customer.first_name}` the customer's; `[keyword]`,
`[another keyword]`, `[category]` and `[brand]` are words taken from the facts. `[liked]` adds no
text: it marks phrases that may be used only when the facts say what the customer liked; a line needs
that of its own product. In the same way `[goes with]` marks phrases for a product that goes with
another that the customer has, and `[reasons]` those for emails with a telling reason for every product.

No phrase contains a figure, a number word, a link or a claim that the facts do not make.
"""

from __future__ import annotations

SAYABLE_KEYWORDS = frozenset({
    *("adjustable", "advanced", "automatic", "braided", "breathable", "bright", "ceramic", "classic"),
    *("clear", "colorful", "colourful", "comfortable", "compact", "convenient"),
    *("cordless", "decorative", "detachable", "digital", "dimmable", "durable", "efficient"),
    *("elegant", "electric", "electronic", "energy-efficient", "energy-saving", "ergonomic", "fast"),
    *("flexible", "foldable", "handheld", "handy", "heavy-duty", "high-speed", "hygienic", "insulated"),
    *("interactive", "lightweight", "long-lasting", "magnetic", "mechanical", "modern", "multi-purpose"),
    *("multipurpose", "noise-cancelling", "non-slip", "non-stick", "optical", "padded", "plush"),
    *("portable", "powerful", "practical", "precise", "programmable", "protective", "quick"),
    *("quiet", "rechargeable", "reliable", "removable", "retractable", "reusable", "reversible"),
    *("robust", "rugged", "seamless", "silent", "sleek", "slim", "slimline"),
    *("smart", "smooth", "soft", "spacious", "stackable", "stainless", "sturdy", "stylish"),
    *("tangle-free", "thick", "thin", "touch-sensitive", "transparent", "ultra-slim"),
    *("upgraded", "versatile", "warm", "washable", "water-resistant", "waterproof"),
    *("wearable", "wired", "wireless", "wooden", "bluetooth-enabled", "insulating"),
})  # fmt: skip
"""Keywords that read well as `[keyword]`: descriptive words, not parts of names."""

SUBJECTS = (
    "{customer.first_name}, your picks are in",
    "{customer.first_name}, we found these for you",
    "Chosen for you, {customer.first_name}",
    "Have a look at these, {customer.first_name}",
    "{customer.first_name}, a little inspiration for you",
    "We thought of you, {customer.first_name}",
    "{customer.first_name}, these made us think of you",
    "Something for you, {customer.first_name}?",
    "{customer.first_name}, your next favourites?",
    "For {customer.first_name}: a personal shortlist",
    "{customer.first_name}, fresh finds in [category]",
    "{customer.first_name}, [category] for you to explore",
    "Picked for you, with {1.discount} off inside",
    "{1.discount} off a pick we made for you",
    "A saving of {1.saving} is waiting inside",
    "Fresh finds in [category]",
    "[category]: our picks for you",
    "[category], picked out for you",
    "For your next look at [category]",
    "Your new shortlist from [brand]",
    "[brand] picked these for you",
    "A shortlist made around you",
    "Good things, chosen with you in mind",
    "Picks that suit your taste[liked]",
    "More of what you like[liked]",
    "Your personal shortlist is ready",
    "We had you in mind with these",
    "Worth a look: your picks",
    "Our picks, your kind of thing[liked]",
    "Something here for you?",
)

PREHEADERS = (
    "A short list that draws on what you enjoyed.[liked]",
    "With something to go with what you already have.[goes with]",
    "Each with a reason why we think it suits you.[reasons]",
    "From [category] and beyond: have a look when you have a moment.",
    "No noise, just a few things we think you will enjoy.",
    "Picked around what you liked before, [brand] style.[liked]",
    "We matched your taste to our catalogue. Here is what came up.[liked]",
    "Take a quiet minute and see what we set aside for you.",
    "We looked at what you liked and went on from there.[liked]",
    "With [category] and more, starting from what you have enjoyed.[liked]",
    "See what we picked, and why.[reasons]",
    "Your recent favourites pointed us to these.[liked]",
    "A look at what could come next for you.",
    "Your shortlist, with the reasons behind it.[reasons]",
    "Useful things, picked out with care.",
    "Some [category], some surprises, all chosen for you.",
)

GREETINGS = (
    "Hi {customer.first_name},",
    "Hello {customer.first_name},",
    "Dear {customer.first_name},",
    "Good to see you, {customer.first_name}!",
    "Hi there, {customer.first_name}!",
    "Welcome back, {customer.first_name}!",
)

NAMELESS_GREETINGS = (
    "Hello there,",
    "Hi there,",
    "Good to see you again!",
    "Welcome back!",
    "Hello, and welcome back,",
)

OPENINGS = (
    "Thank you for telling us what you think of the things you buy.[liked]",
    "Your reviews tell us a lot about what works for you.[liked]",
    "We went through our shelves with your taste in mind.[liked]",
    "Some things simply seem made for certain people.",
    "We like it when a catalogue feels smaller and more personal.",
    "You have a clear eye for what is useful, and we took note.[liked]",
    "It is always a pleasure to pick things out for you.",
    "Looking for something new can take ages, so we did the looking.",
    "What you enjoyed before is a good guide for us.[liked]",
    "We have been reading, comparing and sorting on your behalf.",
    "A good recommendation should feel like a tip from a friend.",
    "Our shelves are full, so here is the part that matters to you.",
    "What you liked gave us some ideas.[liked]",
    "There is plenty going on in [category], so we narrowed it down.",
    "Good finds are easier when somebody looks around for you.",
    "We set some time aside to look around for you.",
    "Your shortlist has had an update.",
    "A little inspiration never hurts, so we gathered some.",
)

BRIDGES = (
    "Here is what we would put in your basket.",
    "These are the pieces we kept coming back to.",
    "Below you will find what came out on top for you.",
    "So we drew up a shortlist, and here it is.",
    "Some of these start from things that you enjoyed.[liked]",
    "This is what we set aside for you.",
    "Some of what follows is close to what you liked before.[liked]",
    "Each of these earned its place for a reason.[reasons]",
    "We kept the list short and the reasons clear.[reasons]",
    "The list below leans on what you told us.[liked]",
    "From [category] to a surprise or so, this is our selection.",
    "We left out the noise and kept what stood out.",
    "Have a look at what we found.",
    "See below what made it through our sorting.",
    "We think that they are worth a moment of your time.",
    "Here is what we would show you in a shop.",
)

INVITATIONS = (
    "Take your time.",
    "See what speaks to you.",
    "Have a browse whenever it suits you.",
    "We hope something here makes you smile.",
    "Tell us later whether we got it right.",
    "Enjoy the look around.",
    "Perhaps your next favourite is among them.",
    "Let us know what you think.",
    "",
    "",
)

LEADS = (
    "{n.name} caught our eye for you.",
    "Meet {n.name}.",
    "We set {n.name} aside with you in mind.",
    "Have a look at {n.name}.",
    "{n.name} belongs on your shortlist.",
    "Our next suggestion is {n.name}.",
    "How about {n.name}?",
    "{n.name} feels like a good match for you.",
    "You may like {n.name}.",
    "Worth a closer look: {n.name}.",
    "{n.name} would sit well with what you already have.[goes with]",
    "Say hello to {n.name}.",
    "Consider {n.name}.",
    "{n.name} kept turning up when we searched for you.",
    "From [category], we picked {n.name}.",
    "Looking around in [category]? Try {n.name}.",
    "In [category], {n.name} stood out to us.",
    "Our choice from [category]: {n.name}.",
    "If you have [category] on your mind, start with {n.name}.",
    "Looking for something [keyword]? Meet {n.name}.",
    "Something [keyword] for you: {n.name}.",
    "[Keyword] and [another keyword]: that is {n.name} in short.",
    "If you like things [keyword], have a look at {n.name}.",
    "The [keyword] choice: {n.name}.",
    "{n.name} is described as [keyword], and we think it suits you.",
    "We chose {n.name} — {n.reason}.",
    "{n.name} made the list — {n.reason}.",
    "{n.name} is here for a reason — {n.reason}.",
    "{n.name} is close to what you enjoyed before.[liked]",
    "You liked something similar, so {n.name} made the list.[liked]",
    "{n.name} follows on from something you were happy with.[liked]",
)

DETAILS = (
    "Shoppers rated it {n.rating}.",
    "Rated {n.rating} by {n.rating_count} shoppers.",
    "Its rating stands at {n.rating}, from {n.rating_count} reviews.",
    "{n.rating_count} shoppers have had their say: {n.rating} on average.",
    "Buyers give it {n.rating}.",
    "Why we picked it: {n.reason}.",
    "It is on your list — {n.reason}.",
    "We picked it for you — {n.reason}.",
    "Its description says [keyword] and [another keyword].",
    "Described as [keyword].",
    "[Keyword], by its description.",
    "You will find it under [category].",
)

OFFERS = (
    "Now {n.price} instead of {n.was_price}.",
    "It is {n.price} today, down from {n.was_price}.",
    "Currently {n.discount} off, at {n.price}.",
    "Yours for {n.price}, which saves you {n.saving}.",
    "At {n.price}, you keep {n.saving}.",
    "With {n.discount} off, it comes to {n.price}.",
    "The price is {n.price}, and {n.saving} stays with you.",
    "Was {n.was_price}, now {n.price}.",
)

PLAIN_OFFERS = (
    "Yours for {n.price}.",
    "It comes to {n.price}.",
    "Available at {n.price}.",
    "The price: {n.price}.",
    "You can have it for {n.price}.",
    "Priced at {n.price}.",
)

CLOSINGS = (
    "Happy browsing!",
    "Enjoy the discoveries!",
    "We hope you find something you love.",
    "Thank you for shopping with us.",
    "Until next time, and enjoy your finds.",
    "As ever, thank you for being with us.",
    "See you soon!",
    "Have a lovely day.",
    "May the right thing find you.",
    "Thanks for reading, and take care.",
    "Let us know how you get on.",
    "We look forward to your next review.",
    "Whatever you choose, we hope it serves you well.",
    "If nothing fits this time, we will keep looking for you.",
)

SIGNATURES = (
    "Your team at [brand]",
    "The [brand] team",
    "Warm wishes from [brand]",
    "Yours, [brand]",
    "All of us at [brand]",
    "",
)
