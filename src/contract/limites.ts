/** Limites que também dizem as opções dos executáveis: aqui, para que lê-los não carregue o contrato inteiro. */

/** Por quanto tempo um `receber_mensagens` ou um `watch_procedures` pode esperar, em milissegundos. */
export const ESPERA_MAXIMA_MS = 120_000;

/** O texto de uma mensagem, em caracteres. */
export const MAXIMO_DA_MENSAGEM = 4000;
