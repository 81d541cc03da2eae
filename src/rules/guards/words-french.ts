import type { Listing } from './listing.js';

export const FRENCH: Listing = {
  harmful: `
    découvert, découvert bancaire, découvert autorisé, agios, agio,
    frais de rejet, rejet de prélèvement, rejet de chèque, chèque rejeté, prélèvement rejeté,
    chèque sans provision, chèque impayé, prélèvement impayé, frais de retard, frais bancaires,
    frais de banque, commission bancaire, frais d'incident, incident de paiement,
    frais de tenue de compte, tenue de compte, frais de compte, frais de gestion,
    frais sur compte, frais mensuels de compte, frais annuels de compte, commission de compte,
    commission de mouvement, frais d'inactivité, compte inactif,
    frais de relance, frais de dossier contentieux, frais de recouvrement, frais de mise en demeure,
    frais d'impayé, frais de dépassement, pénalité de retard, pénalité bancaire, pénalité de paiement,
    pénalité financière, paiement en retard, retard de paiement, majoration de retard,
    intérêt de retard, intérêt débiteur, intérêt moratoire, intérêt de découvert,
    commission d'intervention, commission de découvert, commission de dépassement,
    frais d'intervention, lettre d'information débit, solde débiteur, saisie attribution,
    amende, contravention, procès verbal de stationnement, forfait post stationnement,
    recouvrement de créance, recouvrement de dette, recouvrement amiable, société de recouvrement,
    remboursement de dette, remboursement de crédit, remboursement de prêt, remboursement d'emprunt,
    remboursement crédit renouvelable, crédit renouvelable, crédit revolving, crédit à la consommation,
    mensualité de crédit, mensualité de prêt, échéance de prêt, échéance de crédit, prêt sur gage,
    crédit conso, mini crédit, surendettement,
    jeu d'argent, jeux d'argent, jeu de hasard, jeux de hasard, jeu à gratter, jeux à gratter,
    ticket à gratter, ticket de loterie, billet de loterie, ticket de loto, grille de loto,
    pari sportif, paris sportifs, pari hippique, paris hippiques, pari en ligne, paris en ligne,
    prise de paris, bookmaker, machine à sous, jeton de casino, salle de bingo, poker en ligne, pmu, caution judiciaire
  `,
  cashLike: `
    carte cadeau, e carte cadeau, chèque cadeau, bon cadeau, bon d'achat, chèque culture,
    carte prépayée, carte prépayé, carte de paiement prépayée, carte rechargeable, monnaie électronique,
    porte monnaie électronique, recharge téléphonique, recharge de téléphone, recharge mobile,
    recharge de crédit, recharge de compte, recharge de carte, recharge prépayée, recharge sim,
    recharge de forfait, crédit téléphonique, crédit mobile, crédit de communication,
    rechargement de compte, rechargement de carte, rechargement mobile, avoir en magasin,
    mandat cash, mandat postal, mandat poste, mandat compte, virement, virement bancaire,
    transfert d'argent, transfert de fonds, transfert bancaire, transfert international,
    envoi d'argent, avance de fonds, avance de trésorerie, avance d'espèces, avance en espèces,
    avance de cash, avance sur salaire, retrait d'espèces, retrait en espèces, retrait dab,
    retrait au dab, retrait gab, retrait d'argent, retrait au distributeur, retrait distributeur,
    retrait au guichet, retrait bancaire, retrait de liquide, retrait cash,
    distributeur de billets, distributeur automatique de billets, dépôt d'espèces,
    chèque de voyage, bureau de change, change de devises, achat de devises, devise étrangère,
    devises étrangères, opération de change, cryptomonnaie, crypto monnaie, cryptoactif, crypto actif,
    achat de bitcoin, bon de capitalisation, bon du trésor, paiement de carte de crédit,
    transfert de solde, remboursement de carte de crédit
  `,
  harmfulTopics: `loterie, loto, casino, dette`,
  cashLikeTopics: '',
  harmfulAlone: `pénalité, pénalités, frais et pénalités, intérêts, impayé, impayés, retard`,
  cashLikeAlone: `espèces, retrait, transfert, devises`,
  honest: `
    dos découvert, épaule découvert, épaules découvertes, jeu de cartes, jeux de cartes,
    jeu de société, station de recharge, câble de recharge, recharge sans fil, loto des animaux,
    loto sonore, loto enfant, jeu de loto, loto jeu, boîte à cadeau, papier cadeau, porte carte,
    porte cartes cadeau, pochette carte cadeau, enveloppe carte cadeau, étui carte cadeau,
    casino royale, mandat cash livre
  `,
  articlesAfter: `roman, bd, jouet`,
  articlesBefore: `
    livre, roman, tasse, affiche, déguisement, décoration, costume, guirlande, jouet, puzzle, gâteau,
    autocollant, bd, film, coussin, ballon
  `,
  charges: `frais, commission, pénalité, majoration, surcoût`,
  vagueCharges: `intérêt, coût`,
  troubles: `
    retard, rejet, rejeté, impayé, impayée, découvert, relance, recouvrement, inactivité, dépassement,
    insuffisance, contentieux
  `,
  weakTroubles: `bancaire`,
};
