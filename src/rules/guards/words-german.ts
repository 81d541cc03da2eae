import type { Compounds, Listing } from './listing.js';

export const GERMAN: Listing = {
  harmful: `
    Überziehung, Kontoüberziehung, Überziehungszins, Überziehungszinsen, Überziehungsgebühr,
    Dispozins, Dispozinsen, Dispo Zinsen, Dispokredit, Dispositionskredit, Mahngebühr, Mahn Gebühr,
    Säumniszuschlag, Säumnisgebühr, Säumnis, Verzugszins, Verzugszinsen, Verspätungsgebühr,
    Verspätungszuschlag, Kontoführungsgebühr, Kontoführung, Rücklastschrift, Rücklastschriftgebühr,
    Vertragsstrafe, Konventionalstrafe, Strafgebühr, Strafzins, Strafzinsen, Strafzettel, Strafmandat, Bußgeld, Geldbuße, Geldstrafe,
    Verwarnungsgeld, Ordnungsgeld, Inkasso, Inkassogebühr, Inkassokosten, Sollzins,
    Sollzinsen, Mahnzins, Mahnzinsen, Bankzins, Bankzinsen, Kontozins, Kontozinsen, Kontoentgelt,
    Mahnentgelt, Bankgebühr, Bankspesen, Bankentgelt, Kontogebühr, Zahlungsverzug, Zahlungsrückstand,
    Mahnung Gebühr, verspätete Zahlung, geplatzter Scheck, geplatzte Lastschrift, Scheckrückgabe,
    Schuldentilgung, Schulden, Schuldeneintreibung, Forderungseinzug, Kredittilgung, Kreditrate,
    Kreditrückzahlung, Darlehensrückzahlung, Darlehensrate, Kredit Rückzahlung, Sofortkredit,
    Kurzzeitkredit, Minikredit, Pfandkredit, Ratenkredit, Kaution Haft,
    Glücksspiel, Glückspiel, Lottoschein, Lottolos, Lotterielos, Rubbellos, Rubbelkarte,
    Sportwette, Sportwetten, Pferdewette, Wettschein, Wetteinsatz, Wettbüro, Buchmacher, Spielbank,
    Spielautomat, Spielautomaten, Spielhalle, Spielothek, Spielcasino, Spielkasino, Onlinecasino,
    Online Casino, Online Poker, Bingohalle, Casinochip, Casino Chip, Eurojackpot, Toto Lotto
  `,
  cashLike: `
    Geschenkkarte, Geschenk Karte, Geschenkgutschein, Gutscheinkarte, Gutschein Karte, Guthabenkarte,
    Guthaben Karte, Prepaidkarte, Prepaid Karte, Prepaid Guthaben, Prepaid Kreditkarte,
    Handyguthaben, Handy Guthaben, Handyaufladung, Handy aufladen, Guthaben aufladen, Guthabenaufladung,
    Guthaben Aufladung, Guthabencode, Aufladekarte, Aufladeguthaben, Wertgutschein, Einkaufsgutschein,
    Warengutschein, Kaufgutschein, Geschenk Gutschein, Geldkarte aufladen, Konto aufladen,
    Kontoaufladung, E Geld,
    Überweisung, Geldtransfer, Geld Transfer, Geldüberweisung, Geldsendung, Geldanweisung,
    Postanweisung, Zahlungsanweisung, Geldversand, Bargeldauszahlung, Bargeldabhebung, Bargeldbezug,
    Bargeldeinzahlung, Bargeldverfügung, Bargeld abheben, Bargeld Auszahlung, Bargeld Abhebung,
    Geld abheben, Barvorschuss, Barabhebung, Barauszahlung, Bareinzahlung, Barkredit, Geldautomat,
    Geldautomaten, Bankautomat, Bancomat, Bankomat, Reisescheck, Reiseschecks, Devisen,
    Devisenhandel, Devisenkauf, Fremdwährung, Währungsumtausch, Währungstausch, Geldwechsel,
    Wechselstube, Sortenkauf, Kryptowährung, Krypto Währung, Kryptogeld, Kryptobörse,
    Kreditkartenabrechnung, Kreditkartenzahlung Ausgleich, Kreditkartenrückzahlung,
    Saldoübertragung, Schatzbrief, Sparbrief
  `,
  harmfulTopics: `Lotto, Lotterie, Casino, Kasino, Wette`,
  cashLikeTopics: `Krypto`,
  harmfulAlone: `Mahnung, Zinsen, Zins, Strafe, Wette, Wetten, Schuld`,
  cashLikeAlone: `Gutschein, Guthaben, Bargeld, Auszahlung, Abhebung, Aufladung`,
  honest: `
    Geldautomat Spardose, Spardose Geldautomat, Spielautomat Spielzeug, Geschenkkarten Box,
    Gutscheinkarte Hülle, Geschenkkarten Hülle, Tier Lotto, Kinder Lotto
  `,
  articlesAfter: `
    Buch, Tasse, Becher, Roman, Deko, Dekoration, Kostüm, Spielzeug, Poster, Aufkleber, Torte, Ratgeber,
    Girlande, Ballon, Schuh, Schuhe, Fußballschuhe, Trikot, Jacke
  `,
  articlesBefore: `Buch, Roman, Kostüm, Ratgeber`,
  charges: `Gebühr, Zuschlag, Entgelt, Spesen, Pauschale, Strafe`,
  vagueCharges: `Kosten, Zinsen, Zins`,
  troubles: `
    Mahnung, Mahn, Verzug, Zahlungsverzug, Verspätung, verspätet, Rückstand, Rücklastschrift,
    Überziehung, überzogen, Dispo, Säumnis, Nichtzahlung, überfällig, geplatzt, Inkasso
  `,
  weakTroubles: `Konto, Girokonto, Bank`,
};

export const GERMAN_COMPOUNDS: Compounds = {
  harmfulStarts: `
    Mahngebühr, Mahnkosten, Mahnspesen, Überziehungszins, Überziehungsgebühr, Überziehungskredit,
    Überziehungsentgelt, Verzugszins, Verzugsgebühr, Säumniszuschlag, Säumnisgebühr, Kontoführung,
    Dispozins, Dispokredit, Glücksspiel, Glückspiel, Sportwette, Pferdewette, Lotterie, Bußgeld,
    Inkasso, Strafzins, Strafzettel, Rubbellos, Rücklastschrift, Spielautomat, Lottoschein
  `,
  cashLikeStarts: `
    Geschenkkarte, Geschenkgutschein, Gutscheinkarte, Guthabenkarte, Guthabenauflad, Prepaidkarte,
    Prepaidguthaben, Handyguthaben, Bargeldauszahl, Bargeldabheb, Bargeldbezug, Geldautomat,
    Geldtransfer, Kryptowährung, Devisenhandel, Devisenkauf, Barvorschuss
  `,
  harmfulEnds: `lotterie, bußgeld, inkasso, rücklastschrift, überziehung, casino, kasino, sportwette, spielautomat`,
  cashLikeEnds: `
    geschenkkarte, geschenkgutschein, gutscheinkarte, guthabenkarte, prepaidkarte, überweisung,
    kryptowährung, geldautomat, guthabenaufladung, fremdwährung
  `,
  troubleStarts: `
    Mahn, Überzieh, Überzug, Verzug, Zahlungsverzug, Säumnis, Verspätung, Konto, Girokonto, Dispo,
    Rücklast, Rückbuchung, Rückscheck, Straf, Inkasso, Soll, Lastschriftrück, Rückstand, Bank, Nichtzahlung
  `,
  honestEnds: `box, hülle, etui, halter, umschlag, verpackung, spardose, buch, spielzeug`,
  chargeEnds: `gebühr, kosten, zins, zinsen, spesen, zuschlag, entgelt, pauschale, aufschlag`,
};
