### English. docs/languages.md tells how a message is written and which variables each may use.

## Reasons: why a product was picked, to stand alone or after a dash. $who is "one", "some" or "many" customers.

reason-liked = because you liked your { $product }
reason-also-liked = { $who ->
    [one] someone who likes the { $product } likes this too
    [some] people who like the { $product } like this too
   *[many] { $count } people who like the { $product } like this too
}
reason-bought-together = { $who ->
    [one] bought by someone with the { $product }
    [some] bought by others with the { $product }
   *[many] { $count } people with the { $product } bought this too
}
reason-goes-with = to go with your { $product }
reason-also-bought = { $who ->
   *[some] bought with { $with }
    [many] often bought with { $with }
}
reason-better-rated = better rated than your { $product }
reason-same-shelf = from the same shelf as your { $product }
reason-new = new in { $category }
reason-popular-in-category = popular in { $category }
reason-well-rated = { $who ->
    [some] well rated by our customers
   *[many] well rated by { $count } customers
}
reason-popular = popular with our customers
reason-featured = featured in our shop
reason-assortment = from our range

## The theme's words

email-tagline = Picked for you
email-why = You receive this email as a customer of { $brand }.
email-figures = Prices and ratings are those of our catalogue when this email was made.
email-unsubscribe = Unsubscribe
email-view-online = View online
card-view = View{"\u00A0"}product
card-view-label = View product: { $name }
card-out-of-five = { $rating } out of 5
card-ratings = { $count ->
    [one] { $count } rating
   *[other] { $count } ratings
}
card-quote-by = { $stars } · { $month }
card-was = was { $price }
card-off = { $percent } off

## House text, for greetings and for a field of which no wording of the model passed. Each text needs the facts
## that it names. Those for a reason or an occasion come beside those for any.

subject-any =
    .a = { $name }, and why we thought of you
    .b = { $first_name }, a word about { $name }
    .c = { $name } is on our shelf
    .d = Have you met { $name }?
    .e = { $name }, if you have a moment
    .f = { $first_name }, this is { $name }
    .g = { $name }
subject-goes-with =
    .a = To go with your { $own }
    .b = { $first_name }, your { $own } has company
    .c = Something for your { $own }
subject-bought-together =
    .a = Seen beside your { $own }
    .b = { $first_name }, one more thing about your { $own }
subject-better-rated =
    .a = When your { $own } has had its day
    .b = { $name }, or your { $own }?
subject-liked =
    .a = You liked your { $own }
    .b = After your { $own }: { $name }
subject-same-shelf =
    .a = On the shelf beside your { $own }
subject-sorry =
    .a = We are sorry it went that way
    .b = { $first_name }, please accept our apology
    .c = You were let down, and we are sorry

preheader-any =
    .a = { $products ->
        [one] With the reason why it is here.
       *[other] And a few more, each with its reason.
    }
    .b = { $products ->
        [one] Have a look, it takes a minute.
       *[other] Have a look through, it takes a minute.
    }
    .c = { $products ->
        [one] From our shelves to your inbox.
       *[other] From our shelves to your inbox, with some company.
    }
preheader-goes-with =
    .a = { $products ->
        [one] { $name }, and why it belongs there.
       *[other] { $name }, and some more to look at.
    }
preheader-better-rated =
    .a = { $name } has the better rating.
preheader-sorry =
    .a = Thank you for telling us.
    .b = Your words were read.

greeting-any =
    .a = Hello { $first_name },
    .b = Hi { $first_name },
    .c = Hello,
    .d = Hello there,
greeting-sorry =
    .a = Hello { $first_name },
    .b = Dear { $first_name },
    .c = Hello,

intro-liked =
    .a = { $products ->
        [one] You liked your { $liked }, so we went looking from there.
       *[other] You liked your { $liked }, so we went looking from there and came back with full hands.
    }
    .b = { $products ->
        [one] You spoke well of the { $aspect } of your { $product }. That was our starting point.
       *[other] You spoke well of the { $aspect } of your { $product }. That was our starting point for all of these.
    }
    .c = Your { $liked } went down well, which told us where to look.
    .d = Since your { $liked } found a friend in you, here is what stands near it on our shelves.
intro-owner =
    .a = { $products ->
        [one] Here is something we would put next to what you have, and why.
       *[other] Here is what we would put next to what you have, each with its reason.
    }
    .b = No long speech: { $products ->
        [one] one thing, and the reason why it is here.
       *[other] a handful of things, and the reason for each.
    }
    .c = This time it is all about { $theme }.
intro-sorry =
    .a = We are sorry that your { $disliked } let you down.
    .b = The { $aspect } of your { $product } let you down, and we are sorry.
    .c = We are sorry that we let you down.
intro-new =
    .a = { $products ->
        [one] Here is something from our shelves, with the reason why.
       *[other] Here is a walk along our shelves, with a reason at every stop.
    }
    .b = No long speech: { $products ->
        [one] one thing, and the reason why it is here.
       *[other] a handful of things, and the reason for each.
    }
    .c = This time it is all about { $theme }.

closing-any =
    .a = Questions before you order? Write to us.
    .b = Take your time, nothing here runs away.
    .c = Nothing for you this time? Then we try again.
    .d = Until next time.
closing-sorry =
    .a = Thank you for telling us what went wrong.
    .b = Thank you for your honest words.

# A line says something only where the reason gives something to say.
line-goes-with =
    .a = Put it to work beside your { $own }.
    .b = Your { $own } could do with the company.
    .c = One for the place where your { $own } is.
line-bought-together =
    .a = It tends to end up next to the { $own }.
    .b = Seen in the same hands as the { $own }.
line-better-rated =
    .a = Worth a look when your { $own } is due.
    .b = For the day when your { $own } retires.
line-same-shelf =
    .a = It stands right beside your { $own }.
