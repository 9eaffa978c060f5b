"""The agencies, as data: how each signs its copy, and what its marks mean. A new agency is a new row and a sample."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from msgspec import Struct

NoteKind = Literal["correction", "repeat", "update", "withdrawal", "note"]


class Agency(Struct, frozen=True):
    """One agency's habits. Names are compared without regard to case; tails and marks open a line."""

    name: str  # in the field ``agency``
    names: tuple[str, ...] = ()  # further names in datelines
    zone: str = "Europe/Berlin"  # of times without zone
    langs: tuple[str, ...] = ("de",)  # that it writes; one language decides where the text does not
    kind: Literal["story", "release"] = "story"
    dashless: bool = False  # "Paris (ats afp) Les…"
    unbracketed: bool = False  # "SAITAMA, Japan, Dec. 9 Kyodo - "
    bare_sign: bool = False  # "daa/mt/msr", without the leading slash
    stories: tuple[str, ...] = ()  # prefixes of its story ids: AXC0153
    marks: tuple[str, ...] = ()  # end marks, at the end of a line or alone on it
    signed: tuple[str, ...] = ()  # words alone on the last line that name it, where the dateline need not
    tails: tuple[str, ...] = ()  # a line that opens so is a tail line
    cuts: tuple[str, ...] = ()  # a line that opens so, and all after it, is tail
    inline: tuple[str, ...] = ()  # as ``cuts``, behind a sentence on the same line, too
    credits: tuple[str, ...] = ()  # a closing parenthesis that opens so is tail
    services: tuple[str, ...] = ()  # known where a slash follows: "dpa/lby"


# fmt: off
AGENCIES: tuple[Agency, ...] = (
    Agency(
        "dpa-AFX",
        names=("dpa afx", "dpa-afx-broker"),
        langs=("de", "en"),
        stories=("AXC", "AFA", "AXA", "AXE"),
        tails=("ISIN ", "ISIN:", "WKN ", "Quelle: dpa-AFX", "Copyright dpa-AFX", "-----------------------", "dpa-AFX Broker - "),
        cuts=("Veröffentlichung der Original-Studie", "Erstmalige Weitergabe der Original-Studie", "Hinweis: Informationen zur Offenlegungspflicht"),
        inline=("Veröffentlichung der Original-Studie:", "Erstmalige Weitergabe der Original-Studie:", "Hinweis: Informationen zur Offenlegungspflicht"),
    ),
    Agency(
        "dpa",
        names=("dpa-infocom", "dpa-tmn", "gms", "Deutsche Presse-Agentur"),
        langs=("de", "en", "es"),
        tails=("© dpa", "© Deutsche Presse-Agentur", "Quelle: dpa", "(c) dpa"),
        services=("lby", "lsw", "lhe", "lrs", "lnw", "lni", "lno", "lbn", "lth", "sn", "sa", "mv", "bb", "bln", "tmn", "gms", "infocom", "dpa-infocom", "th"),
    ),
    Agency(
        "Reuters",
        names=("rtr", "Reuters Breakingviews", "Reuters Health"),
        zone="UTC",
        langs=("en", "de", "fr", "es"),
        marks=("*****", "((", "REUTER"),
        signed=("Reuter",),
        tails=("*****", "((", "Our Standards:", "Copyright (c) Reuters", "© Reuters"),
        credits=("Reporting by", "Additional reporting by", "Writing by", "Editing by", "Compiled by", "Reporting and writing by", "Zusammengestellt v", "Geschrieben v", "Bericht v", "Berichte v", "Bearbeitet v", "Reporter:", "Redigiert v", "Reportage", "Écrit par", "Rédigé par", "Edité par", "Édité par", "Información de", "Reporte de", "Editado por"),
    ),
    Agency(
        "AP",
        names=("Associated Press", "The Associated Press"),
        zone="America/New_York",
        langs=("en", "es", "de"),
        marks=("___",),
        tails=("Copyright AP", "Copyright The Associated Press", "© The Associated Press"),
    ),
    Agency(
        "AFP",
        names=("Agence France-Presse",),
        zone="Europe/Paris",
        langs=("fr", "en", "de", "es"),
        bare_sign=True,
        tails=("© Agence France-Presse", "© AFP", "© 2", "Copyright AFP"),
    ),
    Agency(
        "APA",
        names=("apa", "APA-OTS"),
        zone="Europe/Vienna",
        stories=("APA",),
        marks=("(Schluss)", "(Forts.)", "(Forts. mögl.)", "(REDAKTIONSHINWEIS)"),
        tails=("ISIN ", "WEB ", "~", "Rückfragehinweis"),
    ),
    Agency(
        "awp",
        names=("awp international", "awp-robot"),
        zone="Europe/Zurich",
        langs=("de", "fr"),
        bare_sign=True,
        stories=("AWP",),
        marks=("(AWP)",),
        tails=("(AWP)",),
    ),
    Agency(
        "sda",
        names=("ats", "sda-ats", "Keystone-SDA", "Keystone-ATS", "Keystone-SDA-ATS"),
        zone="Europe/Zurich",
        langs=("de", "fr"),
        dashless=True,
    ),
    Agency("TASS", names=("ITAR-TASS",), zone="Europe/Moscow", langs=("en",)),
    Agency("Interfax", names=("Interfax-Ukraine",), zone="Europe/Moscow", langs=("en",)),
    Agency("Xinhua", zone="Asia/Shanghai", langs=("en", "fr", "es", "de"), marks=("Enditem", "Fin", "(Fin)")),
    Agency("EFE", names=("Agencia EFE", "EFEUSA", "EFE Verde"), zone="Europe/Madrid", langs=("es",), bare_sign=True, marks=("EFE",), tails=("(foto", "(vídeo", "(video", "(audio", "(infografía")),
    Agency("Kyodo", names=("Kyodo News",), zone="Asia/Tokyo", langs=("en",), unbracketed=True, marks=("==Kyodo", "Kyodo")),
    Agency(
        "ots",
        names=("presseportal", "news aktuell"),
        kind="release",
        langs=("de", "en", "fr"),
        cuts=("Pressekontakt", "Kontakt:", "Kontakt für Medien", "Medienkontakt", "Rückfragen", "Original-Content von", "Original content of", "Press contact", "OTS:", "Contact:"),
        inline=("Pressekontakt:", "Rückfragen bitte an:", "Original-Content von:", "Original content of:", "Press contact:"),
    ),
    Agency(
        "PR Newswire",
        names=("PRNewswire", "PRNewswire-FirstCall", "PRNewswire-USNewswire", "PRNewswire-AsiaNet"),
        kind="release",
        zone="America/New_York",
        langs=("en", "de", "fr", "es"),
        tails=("SOURCE ", "CONTACT:", "/PRNewswire", "Web Site:", "Website:", "Cision"),
        cuts=("SOURCE ", "QUELLE ", "View original content", "Media Contact", "CONTACT:", "Contact:"),
        inline=("SOURCE ", "QUELLE ", "View original content", "CONTACT:"),
    ),
    Agency(
        "Business Wire",
        names=("BUSINESS WIRE", "BUSINESSWIRE"),
        kind="release",
        zone="America/New_York",
        langs=("en", "de", "fr", "es"),
        cuts=("Contacts", "View source version on businesswire.com", "Ansprechpartner", "Originalversion auf businesswire.com"),
        inline=("View source version on businesswire.com", "Originalversion auf businesswire.com"),
    ),
    Agency(
        "Dow Jones",
        names=("Dow Jones Newswires", "DJ", "Dow Jones VWD", "MarketWatch"),
        langs=("de", "en"),
        tails=("DJG/", "(END) Dow Jones", "Copyright (c)"),
        cuts=("Kontakt zum Autor", "Kontakt zu den Autoren", "DJG/", "(END) Dow Jones", "Write to "),
        inline=("Kontakt zum Autor:", "Kontakt zu den Autoren:", "DJG/", "(END) Dow Jones"),
    ),
    Agency("dapd", names=("ddp", "dapd-nfi"), marks=("(dapd)",)),
    Agency("dts", names=("dts Nachrichtenagentur",), tails=("Foto:", "© 2")),
)
# fmt: on

# What opens a paragraph that every release has, and no headline or summary is taken from.
BOILERPLATE = (
    "Für den Inhalt der Mitteilung ist",
    "The issuer is solely responsible",
    "The issuer / publisher is solely",
    "Alle Angaben wurden mit",
)

BY_NAME = MappingProxyType(
    {name.casefold(): agency for agency in AGENCIES for name in (agency.name, *agency.names)},
)
SIGNED = MappingProxyType({words.casefold(): agency for agency in AGENCIES for words in agency.signed})
STORY_PREFIXES = MappingProxyType({prefix: agency for agency in AGENCIES for prefix in agency.stories})
VIA = MappingProxyType({"DP": "dpa", "APA": "APA", "AFP": "AFP", "RTR": "Reuters", "AWP": "awp", "SDA": "sda", "DJN": "Dow Jones", "DJG": "Dow Jones"})  # fmt: skip


class Found(Struct, frozen=True):
    """What a dateline's parenthesis says: the agencies as the field shows them, the first one's row, a service."""

    name: str
    row: Agency | None
    service: str = ""


def agency_of(words: str) -> Found | None:
    """Read ``dpa-AFX Analyser``, ``APA/AFP``, ``ats afp``, ``dpa/lby``; none where the first name is unknown."""
    rows: list[Agency] = []
    service: list[str] = []
    for part in words.split("/"):
        row, rest = _longest(part.split())
        base, _, region = part.rpartition("-")
        if row is None and region.islower() and len(region) <= 5 and base.casefold() in BY_NAME:
            row, rest = BY_NAME[base.casefold()], [region]  # "dapd-nrw"
        if row is None:
            if not rows or not (part in rows[0].services or (part.islower() and len(part) <= 4)):
                return None
            service.append(part)
            continue
        rows.append(row)
        second, more = _longest(rest)
        if second:
            rows.append(second)
        elif rest:
            more = rest
        service.extend(more)
    if not rows or len(service) > 4:
        return None
    return Found(
        "/".join(row.name for row in rows), rows[0], " ".join(service) if service != ["Nachrichtenagentur"] else ""
    )


def _longest(words: list[str]) -> tuple[Agency | None, list[str]]:
    for length in range(min(3, len(words)), 0, -1):
        row = BY_NAME.get(" ".join(words[:length]).casefold())
        if row:
            return row, words[length:]
    return None, []


class Flag(Struct, frozen=True):
    """What a headline flag means beyond itself."""

    words: str  # upper case; a number may follow
    note: NoteKind | None = None
    kind: Literal["story", "table", "agenda", "release"] = "story"
    breaking: bool = False


_PLAIN = (
    "ROUNDUP", "GESAMT-ROUNDUP", "AKTIE IM FOKUS", "AKTIEN IM FOKUS", "ANALYSE-FLASH", "ANALYSE", "INDEX-MONITOR", "KREISE", "IPO",
    "PRESSE", "STUDIE", "VIRUS", "HINTERGRUND", "PORTRÄT", "PORTRAET", "CHRONOLOGIE", "STICHWORT", "INTERVIEW", "AUSBLICK", "BÖRSE",
    "MÄRKTE", "DEVISEN", "DEUTSCHE ANLEIHEN", "US-ANLEIHEN", "ÖLPREISE", "GOLDPREIS", "VERMISCHTES", "WIRTSCHAFT", "POLITIK",
    "DPA-AFX ÜBERBLICK", "DPA-AFX-ÜBERBLICK", "ÜBERBLICK", "WOCHENAUSBLICK", "WOCHENRÜCKBLICK", "BÖRSENTAG", "TAGESRÜCKBLICK",
    "NACHBÖRSE", "VORBÖRSE", "MARKT-AUSBLICK", "MARKTAUSBLICK", "DIREKTOR-GESCHÄFT", "DD", "KONJUNKTUR IM BLICK", "TOP-THEMEN", "IM FOKUS",
    "EXKLUSIV", "EXCLUSIVE", "FEATURE", "FACTBOX", "ANALYSIS", "BRIEF", "INSIGHT", "WRAPUP", "FOCUS", "TEXT", "NEWSMAKER", "BREAKINGVIEWS",
    "TIMELINE", "EXPLAINER", "REPORT", "PRESS DIGEST", "PREVIEW", "STOCKS", "GLOBAL MARKETS", "POLL", "TABLE",
    "MARKET", "MARKT", "MÄRKTE EUROPA", "AKTIEN", "DEVISENKURSE", "AKTIENFLASH", "AKTIEN-FLASH", "FLASHBACK", "SCHWERPUNKT", "THEMA", "GESAMT",
)  # fmt: skip

FLAGS: MappingProxyType[str, Flag] = MappingProxyType(
    {
        flag.words: flag
        for flag in (
            *(Flag(words) for words in _PLAIN),
            *(Flag(words, note="repeat") for words in ("WDH", "WIEDERHOLUNG", "REPEAT", "RPT", "REFILE")),
            *(
                Flag(words, note="correction")
                for words in (
                    "KORREKTUR",
                    "KORR",
                    "BERICHTIGUNG",
                    "BERICHTIGT",
                    "CORRECTED",
                    "CORRECTION",
                    "CORRECTS",
                    "KORRIGIERT",
                    "CORRECTIF",
                )
            ),
            *(
                Flag(words, note="update")
                for words in ("UPDATE", "AKTUALISIERUNG", "NEU", "ZUSAMMENFASSUNG", "ZF", "NF")
            ),
            *(
                Flag(words, note="withdrawal")
                for words in (
                    "WIDERRUF",
                    "RÜCKZUG",
                    "ZURÜCKGEZOGEN",
                    "ZURÜCKZIEHUNG",
                    "STORNO",
                    "KILL",
                    "BULLETIN KILL",
                    "MANDATORY KILL",
                    "KILL MANDATORY",
                    "WITHDRAWN",
                    "WITHDRAWAL",
                    "MELDUNGSRÜCKZUG",
                )
            ),
            *(
                Flag(words, breaking=True)
                for words in (
                    "EILMELDUNG",
                    "EIL",
                    "BREAKING",
                    "BREAKING NEWS",
                    "FLASH",
                    "URGENT",
                    "ALERT",
                    "BLITZ",
                    "SNAP",
                )
            ),
            *(
                Flag(words, kind="agenda")
                for words in (
                    "TAGESVORSCHAU",
                    "WOCHENVORSCHAU",
                    "TERMINVORSCHAU",
                    "TERMINE",
                    "VORSCHAU",
                    "TAGESKALENDER",
                    "AGENDA",
                    "DIARY",
                    "WIRTSCHAFTSTERMINE",
                    "KONJUNKTURTERMINE",
                    "UNTERNEHMENSTERMINE",
                    "TERMINKALENDER",
                    "TAGESTERMINE",
                )
            ),
            *(
                Flag(words, kind="release")
                for words in (
                    "OTS",
                    "PRESSEMITTEILUNG",
                    "PRNEWSWIRE",
                    "PRESS RELEASE",
                    "BUSINESS WIRE",
                    "DGAP-NEWS",
                    "DGAP-ADHOC",
                    "DGAP-AD-HOC",
                    "DGAP-DD",
                    "DGAP-PVR",
                    "DGAP-CMS",
                    "EQS-NEWS",
                    "EQS-ADHOC",
                    "EQS-AD-HOC",
                    "EQS-DD",
                    "EQS-PVR",
                    "EQS-CMS",
                    "EQS-AFR",
                    "EQS-STIMMRECHTE",
                    "EQS-WPÜG",
                    "HUGIN",
                    "PTA-NEWS",
                    "PTA-ADHOC",
                    "IRW-NEWS",
                    "IRW-PRESS",
                    "GNW-ADHOC",
                    "GNW-NEWS",
                )
            ),
            *(Flag(words, kind="table") for words in ("TABELLE", "KURSTABELLE", "ÜBERSICHT")),
            Flag("DJ"),
        )
    }
)
