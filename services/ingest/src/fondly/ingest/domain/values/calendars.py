"""Months and weekdays by their names and abbreviations, in the languages of most shops.

From CLDR, with what people write beside it; no name means two months in these languages. Tests compare the
names with `babel`, which has them all, though our images keep only English and German.
"""

_MONTHS = {
    1: "january januar januari janvier jan janv jän jänner enero ene gennaio gen janeiro",
    2: "february februar februari février feb fév févr febrero febbraio fevereiro fev",
    3: "march mar mars marts märz mär mrz marzo maart mrt março",
    4: "april apr avril avr abril abr aprile",
    5: "may mai maj mayo maggio mag mei maio",
    6: "june jun juni juin junio giugno giu junho",
    7: "july jul juli juillet juil julio luglio lug julho",
    8: "august aug augusti augustus août aoû agosto ago",
    9: "september sep sept septembre septiembre settembre set setembro",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des",
}
_WEEKDAYS = {
    0: "monday mon montag mo lundi lun lunes lunedì maandag ma segunda seg måndag mån mandag man",
    1: "tuesday tue tues dienstag di mardi mar martes martedì dinsdag terça ter tisdag tis tirsdag tirs tir",
    2: "wednesday wed mittwoch mi mercredi mer miércoles mié mercoledì woensdag wo quarta qua onsdag ons",
    3: (
        "thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedì gio donderdag quinta qui torsdag "
        "tors tor"
    ),
    4: "friday fri freitag fr vendredi ven viernes vie venerdì vrijdag vr sexta sex fredag fre",
    5: "saturday sat samstag sonnabend sa samedi sam sábado sáb sabato sab zaterdag za lördag lör lørdag lør",
    6: "sunday sun sonntag so dimanche dim domingo dom domenica zondag zo söndag sön søndag søn",
}
MONTHS = {name: month for month, names in _MONTHS.items() for name in names.split()}
"""The month, 1 to 12, by name in small letters."""
WEEKDAYS = {name: weekday for weekday, names in _WEEKDAYS.items() for name in names.split()}
"""The weekday, 0 (Monday) to 6, by name in small letters."""
