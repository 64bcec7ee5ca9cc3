### German. docs/languages.md tells how a message is written and which variables each may use.

## Reasons: why a product was picked, to stand alone or after a dash. $who is "one", "some" or "many" customers.

reason-liked = weil Ihnen { $product } gefallen hat
reason-also-liked = { $who ->
    [one] gefällt auch jemandem, der { $product } mag
    [some] gefällt auch anderen, die { $product } mögen
   *[many] gefällt auch { $count } Kunden, die { $product } mögen
}
reason-bought-together = { $who ->
    [one] auch gekauft von jemandem mit { $product }
    [some] auch gekauft von anderen mit { $product }
   *[many] auch gekauft von { $count } Kunden mit { $product }
}
reason-goes-with = passt zu { $product }
reason-also-bought = { $who ->
   *[some] auch gekauft zu { $with }
    [many] oft gekauft zu { $with }
}
reason-better-rated = besser bewertet als { $product }
reason-same-shelf = aus demselben Regal wie { $product }
reason-new = neu in { $category }
reason-popular-in-category = beliebt in { $category }
reason-well-rated = { $who ->
    [some] gut bewertet von unseren Kunden
   *[many] gut bewertet von { $count } Kunden
}
reason-popular = beliebt bei unseren Kunden
reason-featured = in unserem Shop hervorgehoben
reason-assortment = aus unserem Sortiment

## The theme's words

email-tagline = Für Sie ausgesucht
email-why = Sie erhalten diese E-Mail als Kundin oder Kunde von { $brand }.
email-figures = Preise und Bewertungen sind die unseres Katalogs, als diese E-Mail entstand.
email-unsubscribe = Abmelden
email-view-online = Online ansehen
card-view = Zum{"\u00A0"}Produkt
card-view-label = Zum Produkt: { $name }
card-out-of-five = { $rating } von 5
card-ratings = { $count ->
    [one] { $count } Bewertung
   *[other] { $count } Bewertungen
}
card-quote-by = { $stars } · { $month }
card-was = statt { $price }
card-off = { $percent } günstiger

## Haustext: Anreden, und was steht, wenn keine Fassung des Modells besteht. Jeder Text braucht die Fakten, die er nennt.
## Namen haben ein Geschlecht, das niemand kennt, also stehen sie, wo es gleich ist.

subject-any =
    .a = { $name }, und warum wir an Sie dachten
    .b = { $first_name }, ein Wort zu { $name }
    .c = Kennen Sie schon { $name }?
    .d = Neu auf Ihrem Tisch: { $name }?
    .e = Wenn Sie einen Moment haben: { $name }
    .f = { $name }
subject-goes-with =
    .a = Passt zu { $own }
    .b = { $first_name }, Gesellschaft für { $own }
    .c = Etwas zu { $own }
subject-bought-together =
    .a = Gesehen neben { $own }
    .b = { $first_name }, noch etwas zu { $own }
subject-better-rated =
    .a = Falls { $own } ausgedient hat
    .b = { $name } oder { $own }?
subject-liked =
    .a = { $own } hat Ihnen gefallen
    .b = Nach { $own }: { $name }
subject-same-shelf =
    .a = Im Regal neben { $own }
subject-sorry =
    .a = Es tut uns leid, wie es gelaufen ist
    .b = { $first_name }, wir bitten um Entschuldigung
    .c = Wir haben Sie enttäuscht, und das tut uns leid

preheader-any =
    .a = { $products ->
        [one] Mit dem Grund, warum es hier steht.
       *[other] Und noch mehr, jeweils mit dem Grund dazu.
    }
    .b = { $products ->
        [one] Ein Blick genügt, es dauert eine Minute.
       *[other] Einmal durchsehen dauert eine Minute.
    }
    .c = { $products ->
        [one] Aus unserem Regal in Ihr Postfach.
       *[other] Aus unserem Regal in Ihr Postfach, in Gesellschaft.
    }
preheader-goes-with =
    .a = { $products ->
        [one] { $name }, und warum beides zusammengehört.
       *[other] { $name }, und noch mehr zum Ansehen.
    }
preheader-better-rated =
    .a = Die bessere Bewertung hat { $name }.
preheader-sorry =
    .a = Danke, dass Sie es uns gesagt haben.
    .b = Ihre Worte sind angekommen.

greeting-any =
    .a = Guten Tag { $first_name }!
    .b = Hallo { $first_name }!
    .c = Guten Tag!
    .d = Hallo!
greeting-sorry =
    .a = Guten Tag { $first_name }!
    .b = Hallo { $first_name }!
    .c = Guten Tag!

intro-liked =
    .a = { $products ->
        [one] { $liked } hat Ihnen gefallen, also haben wir von dort aus gesucht.
       *[other] { $liked } hat Ihnen gefallen, also haben wir von dort aus gesucht und einiges gefunden.
    }
    .b = Sie haben etwas gelobt ({ $product }: { $aspect }). Damit fing unsere Suche an.
    .c = { $liked } kam bei Ihnen gut an, und so wussten wir, wo wir suchen.
    .d = { $liked } hat Ihnen gefallen. Hier ist, was im Regal daneben steht.
intro-owner =
    .a = { $products ->
        [one] Hier ist etwas, das wir neben Ihre Sachen stellen würden, und warum.
       *[other] Hier ist, was wir neben Ihre Sachen stellen würden, jeweils mit dem Grund.
    }
    .b = Ohne lange Vorrede: { $products ->
        [one] ein Ding, und der Grund, warum es hier steht.
       *[other] eine Handvoll Dinge, und zu jedem der Grund.
    }
    .c = Diesmal geht es um { $theme }.
intro-sorry =
    .a = Es tut uns leid, dass { $disliked } Sie enttäuscht hat.
    .b = Sie waren enttäuscht ({ $product }: { $aspect }), und das tut uns leid.
    .c = Wir haben Sie enttäuscht, und das tut uns leid.
intro-new =
    .a = { $products ->
        [one] Hier ist etwas aus unserem Regal, mit dem Grund dazu.
       *[other] Ein Gang an unseren Regalen entlang, mit einem Grund an jedem Halt.
    }
    .b = Ohne lange Vorrede: { $products ->
        [one] ein Ding, und der Grund, warum es hier steht.
       *[other] eine Handvoll Dinge, und zu jedem der Grund.
    }
    .c = Diesmal geht es um { $theme }.

closing-any =
    .a = Fragen vor der Bestellung? Schreiben Sie uns.
    .b = Lassen Sie sich Zeit, hier läuft nichts weg.
    .c = Diesmal nichts dabei? Dann versuchen wir es wieder.
    .d = Bis zum nächsten Mal.
closing-sorry =
    .a = Danke, dass Sie uns gesagt haben, was schiefging.
    .b = Danke für Ihre ehrlichen Worte.

# Eine Zeile steht nur, wo der Grund etwas zu sagen gibt.
line-goes-with =
    .a = Passt an den Platz, an dem { $own } steht.
    .b = Gesellschaft für { $own }.
    .c = Gedacht für dort, wo { $own } ist.
line-bought-together =
    .a = Landet gern neben { $own }.
    .b = Gesehen in denselben Händen wie { $own }.
line-better-rated =
    .a = Einen Blick wert, wenn { $own } an der Reihe ist.
    .b = Für den Tag, an dem { $own } in Rente geht.
line-same-shelf =
    .a = Steht im Regal gleich neben { $own }.
