### English. docs/languages.md tells how a message is written and which variables each may use.

## Reasons: why a product was picked, to stand alone or after a dash. $who is "one", "some" or "many" customers.

reason-liked = because you liked { $product }
reason-also-liked = { $who ->
    [one] liked by a customer who liked { $product } too
    [some] liked by customers who liked { $product } too
   *[many] liked by { $count } customers who liked { $product } too
}
reason-bought-together = { $who ->
    [one] bought by a customer who bought { $product } too
    [some] bought by customers who bought { $product } too
   *[many] bought by { $count } customers who bought { $product } too
}
reason-goes-with = to go with your { $product }
reason-bought-alongside = { $who ->
    [one] a customer with something like your { $product } bought one like it
    [some] customers with something like your { $product } bought one like it
   *[many] { $count } customers with something like your { $product } bought one like it
}
reason-better-rated = rated higher than your { $product }
reason-new = new in our shop
reason-popular-in-category = popular in { $category }
reason-well-rated = { $who ->
    [some] well rated by our customers
   *[many] well rated by { $count } customers
}
reason-discovery = something new for you in { $category }
reason-popular = popular with our customers
reason-featured = featured in our shop
reason-assortment = from our range

## The theme's words

email-tagline = Picked for you
email-why = You receive this email as a customer of { $brand }.
email-figures = Prices and ratings are those of our catalogue when this email was made.
email-unsubscribe = Unsubscribe
email-view-online = View online
card-view = View product
card-view-label = View product: { $name }
card-out-of-five = { $rating } out of 5
card-ratings = { $count ->
    [one] { $count } rating
   *[other] { $count } ratings
}
card-was = was { $price }
card-off = { $percent } off

## House copy, for a field of which no wording of the model passed. Each text needs the facts that it names.

subject-liked =
    .a = { $name }, chosen for you
    .b = { $first_name }, have you seen { $name }?
    .c = A few ideas for you, { $name } included
    .d = For you: { $name } and more
    .e = { $name } and other ideas for you
subject-owner =
    .a = { $name } and other picks for you
    .b = { $first_name }, a few ideas, { $name } included
    .c = For you: { $name } and more
    .d = { $name } and other ideas for you
    .e = { $first_name }, have you seen { $name }?
subject-sorry =
    .a = Chosen with your experience in mind: { $name }
    .b = { $first_name }, we looked again and found { $name }
    .c = Another look at our range: { $name }
    .d = { $name }, chosen with care
subject-new =
    .a = Have you seen { $name }?
    .b = { $first_name }, have you seen { $name }?
    .c = A first look at { $name } and more
    .d = { $name } and other ideas from our range
    .e = From our range: { $name } and more

preheader-liked =
    .a = With { $f1 }, and more ideas to look at.
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = A short list, put together for you.
preheader-owner =
    .a = With { $f1 }, and more ideas to look at.
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = A short list, put together for you.
preheader-sorry =
    .a = With { $f1 }, and other picks to look at.
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = A short list, put together with care.
preheader-new =
    .a = With { $f1 }, and more ideas to look at.
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = A short list to look through.

greeting =
    .a = Hello { $first_name },
    .b = Hi { $first_name },
    .c = Dear { $first_name },
    .d = Hello,
    .e = Hello there,
    .f = Good to see you,
greeting-sorry =
    .a = Hello { $first_name },
    .b = Dear { $first_name },
    .c = Hello,

intro-liked =
    .a = You liked your { $liked }, so we looked for things that may suit you.
    .b = You spoke well of the { $aspect } of your { $product }. We had that in mind when we made this list.
    .c = You were happy with your { $liked }, and these picks start from there.
    .d = We put together a short list for you, and each pick says why it is here.
intro-owner =
    .a = We looked at what you have and put together a short list. Each pick says why it is here.
    .b = We had what you have in mind when we put this list together.
    .c = Here is a short list for you, and each pick comes with its reason.
intro-sorry =
    .a = We are sorry that your { $disliked } let you down. We chose these with that in mind.
    .b = The { $aspect } of your { $product } let you down, and we are sorry. We chose these with extra care.
    .c = We are sorry that we let you down. We took another look and chose these with care.
intro-new =
    .a = Here is a short list from our range. Each pick says why it is here.
    .b = We put together a few ideas from our range, each with its reason.
    .c = A few things from our range that you may like to look at.

closing-liked =
    .a = Take your time, and thank you for your reviews.
    .b = We hope that one of these feels right. Take your time.
    .c = Thank you for reading. There is more to see in our shop.
closing-owner =
    .a = Take your time, and thank you for shopping with us.
    .b = We hope that one of these feels right. Take your time.
    .c = Thank you for reading. There is more to see in our shop.
closing-sorry =
    .a = Thank you for telling us what went wrong.
    .b = Thank you for your honest words. Take your time.
    .c = Thank you for reading, and for giving us another look.
closing-new =
    .a = Take your time. There is more to see in our shop.
    .b = We hope that one of these feels right. Take your time.
    .c = Thank you for reading, and enjoy a look around.

# Lines for any reason; those of a kind come beside them.
line-any =
    .a = It comes with { $f1 } and { $f2 }.
    .b = You get { $f1 }, and { $f2 } too.
    .c = Worth a look for its { $f1 } and { $f2 }.
    .d = With { $f1 } and { $f2 }, it is worth a closer look.
    .e = What it has: { $f1 } and { $f2 }.
    .f = Reviewers praise its { $praised }, and it comes with { $f1 }.
    .g = With { $f1 }, and reviewers praise its { $praised }.
    .h = It comes with { $f1 }.
    .i = Worth a look for its { $f1 }.
    .j = Reviewers praise its { $praised }.
    .k = Take a look at { $name }. Perhaps it suits you.
    .l = See if { $name } is one for you.
    .m = { $name } may be worth a closer look.
line-goes-with =
    .a = Use it beside your { $own }: it comes with { $f1 }.
    .b = With { $f1 } and { $f2 }, it joins your { $own }.
line-bought-together =
    .a = Think of it beside your { $own }: it comes with { $f1 }.
    .b = With { $f1 } and { $f2 }, it can join your { $own }.
line-discovery =
    .a = Something different this time, with { $f1 } and { $f2 }.
    .b = A change from the usual: it comes with { $f1 }.
line-better-rated =
    .a = If you are thinking of a change, it comes with { $f1 } and { $f2 }.
    .b = One to compare with your { $own }: it comes with { $f1 }.
