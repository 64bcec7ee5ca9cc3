### English. docs/languages.md tells how a message is written and which variables each may use.

## Reasons: why a product was picked, to stand alone or after a dash. $who is "one", "some" or "many" customers.

reason-liked = because you liked your { $product }
reason-also-liked = { $who ->
    [one] a customer who likes the { $product } likes this too
    [some] customers who like the { $product } like this too
   *[many] { $count } customers who like the { $product } like this too
}
reason-bought-together = { $who ->
    [one] a customer with the { $product } bought this too
    [some] customers with the { $product } bought this too
   *[many] { $count } customers with the { $product } bought this too
}
reason-goes-with = goes with your { $product }
reason-goes-with-by-many = goes with your { $product }: { $count } customers have both kinds
reason-also-bought = { $who ->
   *[some] customers with something like your { $own } have something like this too
    [many] { $count } customers with something like your { $own } have something like this too
}
reason-better-rated = rated higher than your { $product }
reason-same-shelf = from the same shelf as your { $product }
reason-new = new in { $category }, where you have bought before
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
card-view = View product
card-view-label = View product: { $name }
card-out-of-five = { $rating } out of 5
card-ratings = { $count ->
    [one] { $count } rating
   *[other] { $count } ratings
}
card-was = was { $price }
card-off = { $percent } off

## Template copy, for a field of which no wording of the model passed. Each text needs the facts that it names.

subject-liked =
    .a = { $name }, chosen for you
    .b = { $first_name }, have you seen { $name }?
    .c = { $products ->
        [one] An idea for you: { $name }
       *[other] A few ideas for you, { $name } included
    }
    .d = { $products ->
        [one] For you: { $name }
       *[other] For you: { $name } and more
    }
    .e = { $products ->
        [one] { $name }, an idea for you
       *[other] { $name } and other ideas for you
    }
subject-owner =
    .a = { $products ->
        [one] { $name }, picked for you
       *[other] { $name } and other picks for you
    }
    .b = { $products ->
        [one] { $first_name }, an idea: { $name }
       *[other] { $first_name }, a few ideas, { $name } included
    }
    .c = { $products ->
        [one] For you: { $name }
       *[other] For you: { $name } and more
    }
    .d = { $products ->
        [one] { $name }, an idea for you
       *[other] { $name } and other ideas for you
    }
    .e = { $first_name }, have you seen { $name }?
subject-sorry =
    .a = Chosen with your experience in mind: { $name }
    .b = { $first_name }, we looked again and found { $name }
    .c = Another look at our range: { $name }
    .d = { $name }, chosen with care
subject-new =
    .a = Have you seen { $name }?
    .b = { $first_name }, have you seen { $name }?
    .c = { $products ->
        [one] A first look at { $name }
       *[other] A first look at { $name } and more
    }
    .d = { $products ->
        [one] { $name }, an idea from our range
       *[other] { $name } and other ideas from our range
    }
    .e = { $products ->
        [one] From our range: { $name }
       *[other] From our range: { $name } and more
    }

preheader-liked =
    .a = { $products ->
        [one] With { $f1 }. Take a look.
       *[other] With { $f1 }, and more ideas to look at.
    }
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = { $products ->
        [one] Something that we chose for you.
       *[other] A short list, put together for you.
    }
preheader-owner =
    .a = { $products ->
        [one] With { $f1 }. Take a look.
       *[other] With { $f1 }, and more ideas to look at.
    }
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = { $products ->
        [one] Something that we chose for you.
       *[other] A short list, put together for you.
    }
preheader-sorry =
    .a = { $products ->
        [one] With { $f1 }. Take a look.
       *[other] With { $f1 }, and other picks to look at.
    }
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = { $products ->
        [one] Something that we chose with care.
       *[other] A short list, put together with care.
    }
preheader-new =
    .a = { $products ->
        [one] With { $f1 }. Take a look.
       *[other] With { $f1 }, and more ideas to look at.
    }
    .b = It comes with { $f1 } and { $f2 }.
    .c = Reviewers praise its { $praised }.
    .d = { $products ->
        [one] Something to look at.
       *[other] A short list to look through.
    }

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
    .a = { $products ->
        [one] You liked your { $liked }, so we looked for something that may suit you.
       *[other] You liked your { $liked }, so we looked for things that may suit you.
    }
    .b = { $products ->
        [one] You spoke well of the { $aspect } of your { $product }. We had that in mind when we chose this for you.
       *[other] You spoke well of the { $aspect } of your { $product }. We had that in mind when we made this list.
    }
    .c = { $products ->
        [one] You were happy with your { $liked }, and we went on from there.
       *[other] You were happy with your { $liked }, and these picks start from there.
    }
    .d = { $products ->
        [one] We chose something for you, and say why.
       *[other] We put together a short list for you, and each pick says why it is here.
    }
intro-owner =
    .a = { $products ->
        [one] We looked at what you have and chose something for you. It says why it is here.
       *[other] We looked at what you have and put together a short list. Each pick says why it is here.
    }
    .b = { $products ->
        [one] We had what you have in mind when we chose this for you.
       *[other] We had what you have in mind when we put this list together.
    }
    .c = { $products ->
        [one] Here is something for you, and it comes with its reason.
       *[other] Here is a short list for you, and each pick comes with its reason.
    }
intro-sorry =
    .a = { $products ->
        [one] We are sorry that your { $disliked } let you down. We chose this with that in mind.
       *[other] We are sorry that your { $disliked } let you down. We chose these with that in mind.
    }
    .b = { $products ->
        [one] The { $aspect } of your { $product } let you down, and we are sorry. We chose this with extra care.
       *[other] The { $aspect } of your { $product } let you down, and we are sorry. We chose these with extra care.
    }
    .c = { $products ->
        [one] We are sorry that we let you down. We took another look and chose this with care.
       *[other] We are sorry that we let you down. We took another look and chose these with care.
    }
intro-new =
    .a = { $products ->
        [one] Here is something from our range. It says why it is here.
       *[other] Here is a short list from our range. Each pick says why it is here.
    }
    .b = { $products ->
        [one] We chose something from our range, and say why.
       *[other] We put together a few ideas from our range, each with its reason.
    }
    .c = { $products ->
        [one] Something from our range that you may like to look at.
       *[other] A few things from our range that you may like to look at.
    }

closing-liked =
    .a = Take your time, and thank you for your reviews.
    .b = { $products ->
        [one] We hope that it feels right. Take your time.
       *[other] We hope that one of these feels right. Take your time.
    }
    .c = Thank you for reading. There is more to see in our shop.
closing-owner =
    .a = Take your time, and thank you for shopping with us.
    .b = { $products ->
        [one] We hope that it feels right. Take your time.
       *[other] We hope that one of these feels right. Take your time.
    }
    .c = Thank you for reading. There is more to see in our shop.
closing-sorry =
    .a = Thank you for telling us what went wrong.
    .b = Thank you for your honest words. Take your time.
    .c = Thank you for reading, and for giving us another look.
closing-new =
    .a = Take your time. There is more to see in our shop.
    .b = { $products ->
        [one] We hope that it feels right. Take your time.
       *[other] We hope that one of these feels right. Take your time.
    }
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
line-same-shelf =
    .a = We had your { $own } in mind: it comes with { $f1 }.
    .b = One to look at beside your { $own }, with { $f1 } and { $f2 }.
line-better-rated =
    .a = If you are thinking of a change, it comes with { $f1 } and { $f2 }.
    .b = One to compare with your { $own }: it comes with { $f1 }.
