### German. docs/languages.md tells how a message is written and which variables each may use.

## Reasons: why a product was picked, to stand alone or after a dash. $who is "one", "some" or "many" customers.

reason-liked = weil Ihnen { $product } gefallen hat
reason-also-liked = { $who ->
    [one] gefällt auch jemandem, der { $product } mag
    [some] gefällt auch Kunden, die { $product } mögen
   *[many] gefällt auch { $count } Kunden, die { $product } mögen
}
reason-bought-together = { $who ->
    [one] auch gekauft von jemandem mit { $product }
    [some] auch gekauft von Kunden mit { $product }
   *[many] auch gekauft von { $count } Kunden mit { $product }
}
reason-goes-with = passt zu Ihrem Kauf: { $product }
reason-goes-with-by-many = passt zu { $product }: { $count } Kunden haben so eine Kombination
reason-also-bought = { $who ->
   *[some] so etwas haben auch Kunden, die Ähnliches wie { $own } haben
    [many] so etwas haben auch { $count } Kunden, die Ähnliches wie { $own } haben
}
reason-better-rated = besser bewertet als { $product }
reason-same-shelf = aus demselben Regal wie { $product }
reason-new = neu in { $category }, wo Sie schon gekauft haben
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
card-view = Zum Produkt
card-view-label = Zum Produkt: { $name }
card-out-of-five = { $rating } von 5
card-ratings = { $count ->
    [one] { $count } Bewertung
   *[other] { $count } Bewertungen
}
card-was = statt { $price }
card-off = { $percent } günstiger

## Template copy, for a field of which no wording of the model passed. Each text needs the facts that it names.
## Names and features have a gender that nobody knows, so they stand where it does not matter.

subject-liked =
    .a = { $name }, für Sie ausgesucht
    .b = { $first_name }, kennen Sie schon { $name }?
    .c = { $products ->
        [one] Eine Idee für Sie: { $name }
       *[other] Ein paar Ideen für Sie, darunter { $name }
    }
    .d = { $products ->
        [one] Für Sie: { $name }
       *[other] Für Sie: { $name } und mehr
    }
    .e = { $products ->
        [one] { $name }, eine Idee für Sie
       *[other] { $name } und weitere Ideen für Sie
    }
subject-owner =
    .a = { $products ->
        [one] { $name }, unser Vorschlag für Sie
       *[other] { $name } und weitere Vorschläge für Sie
    }
    .b = { $products ->
        [one] { $first_name }, eine Idee: { $name }
       *[other] { $first_name }, ein paar Ideen, darunter { $name }
    }
    .c = { $products ->
        [one] Für Sie: { $name }
       *[other] Für Sie: { $name } und mehr
    }
    .d = { $products ->
        [one] { $name }, eine Idee für Sie
       *[other] { $name } und weitere Ideen für Sie
    }
    .e = { $first_name }, kennen Sie schon { $name }?
subject-sorry =
    .a = Mit Ihrer Erfahrung im Blick ausgesucht: { $name }
    .b = { $first_name }, wir haben noch einmal gesucht: { $name }
    .c = Noch einmal nachgesehen: { $name }
    .d = { $name }, mit Sorgfalt ausgesucht
subject-new =
    .a = Kennen Sie schon { $name }?
    .b = { $first_name }, kennen Sie schon { $name }?
    .c = { $products ->
        [one] Ein erster Blick auf { $name }
       *[other] Ein erster Blick auf { $name } und mehr
    }
    .d = { $products ->
        [one] { $name }, eine Idee aus unserem Sortiment
       *[other] { $name } und weitere Ideen aus unserem Sortiment
    }
    .e = { $products ->
        [one] Aus unserem Sortiment: { $name }
       *[other] Aus unserem Sortiment: { $name } und mehr
    }

preheader-liked =
    .a = { $products ->
        [one] Dabei: { $f1 }. Zum Ansehen.
       *[other] Dabei: { $f1 }. Und weitere Ideen zum Ansehen.
    }
    .b = Mit an Bord: { $f1 }, { $f2 }.
    .c = Was andere loben: { $praised }.
    .d = { $products ->
        [one] Etwas, das wir für Sie ausgesucht haben.
       *[other] Eine kurze Liste, für Sie zusammengestellt.
    }
preheader-owner =
    .a = { $products ->
        [one] Dabei: { $f1 }. Zum Ansehen.
       *[other] Dabei: { $f1 }. Und weitere Ideen zum Ansehen.
    }
    .b = Mit an Bord: { $f1 }, { $f2 }.
    .c = Was andere loben: { $praised }.
    .d = { $products ->
        [one] Etwas, das wir für Sie ausgesucht haben.
       *[other] Eine kurze Liste, für Sie zusammengestellt.
    }
preheader-sorry =
    .a = { $products ->
        [one] Dabei: { $f1 }. Zum Ansehen.
       *[other] Dabei: { $f1 }. Und noch ein paar Vorschläge.
    }
    .b = Mit an Bord: { $f1 }, { $f2 }.
    .c = Was andere loben: { $praised }.
    .d = { $products ->
        [one] Mit Sorgfalt für Sie ausgesucht.
       *[other] Eine kurze Liste, mit Sorgfalt zusammengestellt.
    }
preheader-new =
    .a = { $products ->
        [one] Dabei: { $f1 }. Zum Ansehen.
       *[other] Dabei: { $f1 }. Und weitere Ideen zum Ansehen.
    }
    .b = Mit an Bord: { $f1 }, { $f2 }.
    .c = Was andere loben: { $praised }.
    .d = { $products ->
        [one] Etwas zum Ansehen.
       *[other] Eine kurze Liste zum Durchsehen.
    }

greeting =
    .a = Guten Tag { $first_name },
    .b = Hallo { $first_name },
    .c = Schön, dass Sie da sind, { $first_name },
    .d = Guten Tag,
    .e = Hallo,
    .f = Schön, dass Sie da sind,
greeting-sorry =
    .a = Guten Tag { $first_name },
    .b = Hallo { $first_name },
    .c = Guten Tag,

intro-liked =
    .a = { $products ->
        [one] { $liked } hat Ihnen gefallen, also haben wir nach etwas gesucht, das zu Ihnen passen könnte.
       *[other] { $liked } hat Ihnen gefallen, also haben wir nach mehr gesucht, das zu Ihnen passen könnte.
    }
    .b = { $products ->
        [one] Sie haben etwas gelobt ({ $product }: { $aspect }). Daran haben wir bei diesem Vorschlag gedacht.
       *[other] Sie haben etwas gelobt ({ $product }: { $aspect }). Daran haben wir bei dieser Liste gedacht.
    }
    .c = { $products ->
        [one] Ihnen hat { $liked } gefallen. Damit fängt dieser Vorschlag an.
       *[other] Ihnen hat { $liked } gefallen. Damit fangen diese Vorschläge an.
    }
    .d = { $products ->
        [one] Wir haben etwas für Sie ausgesucht. Dabei steht, warum.
       *[other] Wir haben eine kurze Liste für Sie zusammengestellt. Bei jedem Vorschlag steht, warum er hier ist.
    }
intro-owner =
    .a = { $products ->
        [one] Wir haben gesehen, was Sie haben, und etwas dazu ausgesucht. Dabei steht, warum.
       *[other] Wir haben gesehen, was Sie haben, und eine kurze Liste zusammengestellt. Bei jedem Vorschlag steht, warum er hier ist.
    }
    .b = { $products ->
        [one] Wir hatten im Blick, was Sie haben, als wir dies für Sie ausgesucht haben.
       *[other] Wir hatten im Blick, was Sie haben, als wir diese Liste zusammengestellt haben.
    }
    .c = { $products ->
        [one] Hier ist ein Vorschlag für Sie. Dabei können Sie lesen, warum er hier ist.
       *[other] Hier ist eine kurze Liste für Sie. Bei jedem Vorschlag können Sie lesen, warum er hier ist.
    }
intro-sorry =
    .a = { $products ->
        [one] Es tut uns leid, dass { $disliked } Sie enttäuscht hat. Daran haben wir bei diesem Vorschlag gedacht.
       *[other] Es tut uns leid, dass { $disliked } Sie enttäuscht hat. Daran haben wir bei dieser Auswahl gedacht.
    }
    .b = { $products ->
        [one] Sie waren enttäuscht ({ $product }: { $aspect }), und das tut uns leid. Dieser Vorschlag ist mit mehr Sorgfalt entstanden.
       *[other] Sie waren enttäuscht ({ $product }: { $aspect }), und das tut uns leid. Diese Auswahl ist mit mehr Sorgfalt entstanden.
    }
    .c = Es tut uns leid, dass wir Sie enttäuscht haben. Wir haben noch einmal nachgesehen und mit Sorgfalt ausgesucht.
intro-new =
    .a = { $products ->
        [one] Hier ist ein Vorschlag aus unserem Sortiment. Dabei steht, warum er hier ist.
       *[other] Hier ist eine kurze Liste aus unserem Sortiment. Bei jedem Vorschlag steht, warum er hier ist.
    }
    .b = { $products ->
        [one] Wir haben etwas aus unserem Sortiment ausgesucht. Dabei können Sie lesen, warum.
       *[other] Wir haben ein paar Ideen aus unserem Sortiment zusammengestellt. Bei jeder können Sie lesen, warum.
    }
    .c = { $products ->
        [one] Etwas aus unserem Sortiment, das Sie sich vielleicht ansehen möchten.
       *[other] Ein paar Dinge aus unserem Sortiment, die Sie sich vielleicht ansehen möchten.
    }

closing-liked =
    .a = Nehmen Sie sich Zeit, und danke für Ihre Bewertungen.
    .b = { $products ->
        [one] Wir hoffen, dass es passt. Nehmen Sie sich Zeit.
       *[other] Wir hoffen, dass etwas Passendes dabei ist. Nehmen Sie sich Zeit.
    }
    .c = Danke fürs Lesen. In unserem Shop gibt es noch mehr zu sehen.
closing-owner =
    .a = Nehmen Sie sich Zeit, und danke, dass Sie bei uns einkaufen.
    .b = { $products ->
        [one] Wir hoffen, dass es passt. Nehmen Sie sich Zeit.
       *[other] Wir hoffen, dass etwas Passendes dabei ist. Nehmen Sie sich Zeit.
    }
    .c = Danke fürs Lesen. In unserem Shop gibt es noch mehr zu sehen.
closing-sorry =
    .a = Danke, dass Sie uns gesagt haben, was nicht gut war.
    .b = Danke für Ihre ehrlichen Worte. Nehmen Sie sich Zeit.
    .c = Danke fürs Lesen und dafür, dass Sie noch einmal hinsehen.
closing-new =
    .a = Nehmen Sie sich Zeit. In unserem Shop gibt es noch mehr zu sehen.
    .b = { $products ->
        [one] Wir hoffen, dass es passt. Nehmen Sie sich Zeit.
       *[other] Wir hoffen, dass etwas Passendes dabei ist. Nehmen Sie sich Zeit.
    }
    .c = Danke fürs Lesen, und viel Freude beim Umsehen.

# Lines for any reason; those of a kind come beside them.
line-any =
    .a = Dabei: { $f1 } und { $f2 }.
    .b = Das bringt { $name } mit: { $f1 } und { $f2 }.
    .c = Einen Blick wert: { $f1 } und { $f2 }.
    .d = Auf einen Blick: { $f1 }, { $f2 }.
    .e = Das fällt auf: { $f1 } und { $f2 }.
    .f = Was andere loben: { $praised }. Dabei: { $f1 }.
    .g = Auf einen Blick: { $f1 }. Gelobt wird auch: { $praised }.
    .h = Dabei: { $f1 }.
    .i = Einen Blick wert: { $f1 }.
    .j = Was andere loben: { $praised }.
    .k = Sehen Sie sich { $name } einmal an.
    .l = Vielleicht ist { $name } etwas für Sie.
    .m = { $name } könnte einen zweiten Blick wert sein.
line-goes-with =
    .a = Passt zu { $own }. Dabei: { $f1 }.
    .b = Findet einen Platz neben { $own }. Dabei: { $f1 } und { $f2 }.
line-bought-together =
    .a = Neben { $own } gut vorstellbar. Dabei: { $f1 }.
    .b = Findet einen Platz neben { $own }. Dabei: { $f1 } und { $f2 }.
line-same-shelf =
    .a = Gleich neben { $own } zu finden. Dabei: { $f1 }.
    .b = Findet einen Platz neben { $own }. Dabei: { $f1 } und { $f2 }.
line-better-rated =
    .a = Falls Sie über etwas anderes nachdenken: { $f1 } und { $f2 }.
    .b = Zum Vergleichen mit { $own }. Dabei: { $f1 }.
