import type { Listing } from './listing.js';

export const SPANISH: Listing = {
  harmful: `
    sobregiro, sobregiros, giro en descubierto, descubierto, comisión por descubierto, descubierto bancario, números rojos, interés de demora,
    intereses de demora, interés de mora, intereses de mora, interés moratorio, intereses moratorios,
    interés deudor, intereses deudores, recargo por mora, recargo por retraso, recargo por demora,
    cargo por mora, cargo por pago tardío, pago tardío, pago atrasado, pago con retraso,
    retraso en el pago, penalización, penalización por retraso, penalidad, multa, sanción económica,
    comisión de mantenimiento, mantenimiento de cuenta, comisión de administración,
    comisión por inactividad, comisión de apertura, gasto bancario, gastos bancarios,
    comisión bancaria, comisiones bancarias, cargo bancario, cheque devuelto, cheque sin fondos,
    recibo devuelto, recibo impagado, pago devuelto, devolución de recibo, fondos insuficientes,
    falta de fondos, exceso de límite, deuda, cobro de deuda, cobro de deudas, recobro, pago de deuda,
    pago de préstamo, pago del préstamo, reembolso de préstamo, amortización de préstamo,
    devolución de préstamo, cuota de préstamo, cuota del préstamo, cuota de crédito, préstamo rápido,
    préstamo personal, microcrédito, micro crédito, crédito rápido, crédito revolving, morosidad,
    tarjeta revolving, fianza judicial, reclamación de cantidad,
    apuesta, apuestas deportivas, casa de apuestas, lotería, décimo de lotería, billete de lotería,
    juego de azar, juegos de azar, tragaperras, máquina tragaperras, tragamonedas, rasca y gana,
    rasca gana, ficha de casino, fichas de casino, quiniela, bonoloto, euromillones, lotería primitiva,
    cupón de la once, bingo online, sala de bingo, póker online, póquer online
  `,
  cashLike: `
    tarjeta regalo, tarjeta de regalo, tarjetas regalo, cheque regalo, vale regalo, vale de compra,
    bono regalo, bono de compra, cupón regalo, tarjeta prepago, tarjeta prepagada, tarjeta monedero,
    tarjeta recargable, monedero electrónico, dinero electrónico, saldo prepago, recarga de móvil,
    recarga móvil, recarga de saldo, recarga de teléfono, recarga telefónica, recarga de celular,
    recarga de tarjeta, recarga de cuenta, recarga prepago, recarga de monedero, saldo móvil,
    transferencia bancaria, transferencia internacional, transferencia de dinero,
    transferencia de fondos, transferencia de saldo, transferencia inmediata,
    transferencia electrónica, transferencia a cuenta, giro postal, giro bancario, giro telegráfico,
    envío de dinero, envíos de dinero, remesa, anticipo de efectivo, adelanto de efectivo, adelanto en efectivo, anticipo en efectivo, adelanto en metálico,
    avance de efectivo, anticipo en efectivo, disposición de efectivo, disposición en efectivo,
    retirada de efectivo, retiro de efectivo, retirada en efectivo, retiro en efectivo,
    retirada de dinero, retiro de dinero, extracción de efectivo, retirada en cajero,
    retirada cajero, retiro en cajero, retiro cajero, ingreso en efectivo, depósito en efectivo,
    cajero automático, cajeros automáticos, cheque de viaje, cheques de viaje, cheque de viajero,
    cambio de divisa, cambio de divisas, cambio de moneda, compra de divisas, moneda extranjera,
    divisa extranjera, casa de cambio, criptomoneda, cripto moneda, criptodivisa, criptoactivo,
    compra de bitcoin, pago de tarjeta de crédito, traspaso de saldo, traspaso de fondos, bono del estado
  `,
  harmfulTopics: `casino`,
  cashLikeTopics: `divisas`,
  harmfulAlone: `interés, intereses, préstamo, recargo, impago, impagado`,
  cashLikeAlone: `transferencia, recarga, efectivo, giro, retirada, retiro, saldo`,
  honest: `
    pantalón cargo, pantalones cargo, short cargo, bermuda cargo, falda cargo, hombro descubierto,
    hombros descubiertos, patio descubierto, autobús descubierto, papel transferencia,
    soporte tarjeta regalo, sobre tarjeta regalo, cajero automático juguete, juguete cajero automático
  `,
  articlesAfter: `juguete`,
  articlesBefore: `
    libro, novela, taza, camiseta, decoración, fiesta, disfraz, póster, pegatina, juguete, sudadera, tarta,
    globo, guirnalda
  `,
  charges: `comisión, recargo, cargo, penalización, tasa, gasto`,
  vagueCharges: `interés, intereses, coste`,
  troubles: `
    demora, mora, retraso, descubierto, impago, impagado, devuelto, devuelta, atraso, tardío, tardía,
    vencido, vencida, inactividad, inactiva, moroso, morosidad, sobregiro
  `,
  weakTroubles: `cuenta, bancario, bancaria, banco, cajero`,
};
